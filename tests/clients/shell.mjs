// Lists the simple commands of shell lines, as the parser mvdan/sh sees them.
//   node shell.mjs      reads {"lines": [text]} from a line of stdin, prints one JSON line: for each text its commands, or null where it does not parse.
// A command is its assignments and words, as they stand in the text: "A= echo $x".
import sh from "mvdan-sh"
import { createInterface } from "node:readline"

const { syntax } = sh

function commandsOf(text) {
  let file
  try {
    file = syntax.NewParser().Parse(text, "line")
  } catch {
    return null
  }
  const bytes = Buffer.from(text)
  const source = (node) => bytes.subarray(node.Pos().Offset(), node.End().Offset()).toString()
  const commands = []
  syntax.Walk(file, (node) => {
    const kind = node ? syntax.NodeType(node) : ""
    if (kind === "CallExpr") commands.push([...node.Assigns.map((assign) => `${assign.Name.Value}=`), ...node.Args.map(source)].join(" "))
    if (kind === "DeclClause") commands.push([node.Variant.Value, ...node.Args.map(source)].join(" "))
    if (kind === "LetClause") commands.push(["let", ...node.Exprs.map(source)].join(" "))
    return true
  })
  return commands
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(JSON.parse(line).lines.map(commandsOf)))
