// Calls the methods of both entries of @opencode-ai/sdk on a server as a program would, with things that are there, and prints the status and the keys of each answer.
//   node shapes.mjs URL PROJECT      prints one JSON line per entry: {entry, shapes: {"session.get": {route, status, keys}}, left: ["METHOD /route"]}
// PROJECT is the server's working directory, a repository of git in which a file a.txt has changed. The model is fake/fake-1, which tests/OpenCode.Actors.EndToEnd/Harness/FakeProvider.cs speaks.
import { createOpencodeClient as v1 } from "@opencode-ai/sdk"
import { createOpencodeClient as v2 } from "@opencode-ai/sdk/v2"
import { methodsOf } from "./sdk-methods.mjs"

const [baseUrl, project] = process.argv.slice(2)
const model = { providerID: "fake", modelID: "fake-1" }
const text = (words) => [{ type: "text", text: words }]
const plain = v2({ baseUrl })

// What is there for the calls to work on.
const session = async (more) => must(await plain.session.create({ title: "T", ...more })).id
const turn = async () => {
  const sessionID = await session()
  const answer = must(await plain.session.prompt({ sessionID, model, parts: text("hello") }))
  const messageID = answer.info.parentID
  const asked = must(await plain.session.messages({ sessionID })).find((message) => message.info.id === messageID)
  return { sessionID, messageID, partID: asked.parts[0].id }
}
const asked = async (list, words) => {
  const sessionID = await session({ permission: [{ permission: "bash", pattern: "*", action: "ask" }] })
  must(await plain.session.promptAsync({ sessionID, model, parts: text(words) }), true)
  for (;;) {
    const request = must(await list()).find((one) => one.sessionID === sessionID)
    if (request) return { sessionID, requestID: request.id, permissionID: request.id }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const permission = () => asked(() => plain.permission.list(), "run: echo permitted")
const question = () => asked(() => plain.question.list(), "ask: Which? | Red | Blue")
const message = async () => ({ path: await turn() })

const nextMessage = () => `msg_${((BigInt(Date.now()) % (1n << 36n)) * 4096n + 1n).toString(16).padStart(12, "0")}AAAAAAAAAAAAAA`

// How each route is called. Routes that are not named here are not called: of the real server some would change the machine, and GET /find needs a program that it fetches.
let world
const of = (query) => async () => ({ path: world, query })
const body = (body, bodyKey) => async () => ({ path: world, body, bodyKey })
const calls = {
  "GET /global/health": of(), "GET /global/config": of(), "GET /global/event": of(), "GET /event": of(),
  "GET /path": of(), "GET /project": of(), "GET /project/current": of(), "GET /project/{projectID}/directories": of(),
  "GET /config": of(), "GET /config/providers": of(), "GET /provider": of(), "GET /provider/auth": of(), "GET /agent": of(), "GET /command": of(), "GET /skill": of(),
  "GET /lsp": of(), "GET /formatter": of(), "GET /mcp": of(), "GET /pty": of(),
  "GET /vcs": of(), "GET /vcs/status": of(), "GET /vcs/diff": of({ mode: "git" }), "GET /vcs/diff/raw": of(),
  "GET /find/file": of({ query: "a" }), "GET /find/symbol": of({ query: "a" }),
  "GET /file": of({ path: "." }), "GET /file/content": of({ path: "a.txt" }), "GET /file/status": of(),
  "GET /experimental/tool": of({ provider: "fake", model: "fake-1" }), "GET /experimental/tool/ids": of(), "GET /experimental/session": of(), "GET /experimental/resource": of(),
  "GET /experimental/capabilities": of(), "GET /experimental/console": of(), "GET /experimental/console/orgs": of(),
  "GET /experimental/workspace": of(), "GET /experimental/workspace/status": of(), "GET /experimental/workspace/adapter": of(), "GET /experimental/worktree": of(),
  "GET /api/health": of(), "GET /api/location": of(), "GET /api/agent": of(), "GET /api/session": of(), "GET /api/model": of(), "GET /api/provider": of(), "GET /api/integration": of(),
  "GET /api/reference": of(), "GET /api/command": of(), "GET /api/skill": of(), "GET /api/fs/find": of({ query: "a" }),
  "GET /permission": of(), "GET /question": of(),
  "POST /permission/{requestID}/reply": async () => ({ path: await permission(), body: { reply: "once" } }),
  "POST /session/{sessionID}/permissions/{permissionID}": async () => ({ path: await permission(), body: { response: "once" } }),
  "POST /question/{requestID}/reply": async () => ({ path: await question(), body: { answers: [["Red"]] } }),
  "POST /question/{requestID}/reject": async () => ({ path: await question() }),
  "GET /session": of(), "GET /session/status": of(), "POST /session": body({ title: "Another" }),
  "GET /session/{sessionID}": of(), "PATCH /session/{sessionID}": body({ title: "Changed" }), "DELETE /session/{sessionID}": async () => ({ path: { sessionID: await session() } }),
  "GET /session/{sessionID}/children": async () => { await session({ parentID: world.sessionID }); return { path: world } },
  "GET /session/{sessionID}/todo": async () => {
    must(await plain.session.prompt({ sessionID: world.sessionID, model, parts: text('call: todowrite {"todos":[{"content":"First","status":"pending","priority":"low"}]}') }))
    return { path: world }
  },
  "GET /session/{sessionID}/diff": of(), "GET /session/{sessionID}/message": of(), "GET /session/{sessionID}/message/{messageID}": of(),
  "POST /session/{sessionID}/message": body({ model, parts: text("hello") }), "POST /session/{sessionID}/prompt_async": body({ model, noReply: true, parts: text("hello") }),
  "POST /session/{sessionID}/shell": body({ agent: "build", model, command: "echo hello" }),
  "POST /session/{sessionID}/command": body({ command: "init", arguments: "", model: "fake/fake-1" }),
  "POST /session/{sessionID}/init": async () => ({ ...(await message()), body: { ...model, messageID: nextMessage() } }),
  "POST /session/{sessionID}/abort": of(), "POST /session/{sessionID}/fork": body({}),
  "POST /session/{sessionID}/share": of(), "DELETE /session/{sessionID}/share": of(),
  "POST /session/{sessionID}/revert": async () => { const { sessionID, messageID } = await turn(); return { path: { sessionID }, body: { messageID } } },
  "POST /session/{sessionID}/unrevert": message,
  "POST /session/{sessionID}/summarize": async () => ({ ...(await message()), body: model }),
  "DELETE /session/{sessionID}/message/{messageID}": message, "DELETE /session/{sessionID}/message/{messageID}/part/{partID}": message,
  "PATCH /session/{sessionID}/message/{messageID}/part/{partID}": async () => {
    const path = await turn()
    return { path, body: { id: path.partID, sessionID: path.sessionID, messageID: path.messageID, type: "text", text: "changed" }, bodyKey: "part" }
  },
  "POST /log": body({ service: "test", level: "info", message: "hello" }),
  "POST /tui/append-prompt": body({ text: "abc" }), "POST /tui/open-help": of(), "POST /tui/open-sessions": of(), "POST /tui/open-themes": of(), "POST /tui/open-models": of(),
  "POST /tui/submit-prompt": of(), "POST /tui/clear-prompt": of(), "POST /tui/execute-command": body({ command: "session_new" }),
  "POST /tui/show-toast": body({ message: "hi", variant: "info" }), "POST /tui/publish": body({ type: "tui.prompt.append", properties: { text: "abc" } }, "body"),
  "POST /tui/select-session": async () => ({ path: world, body: { sessionID: world.sessionID } }),
}
// In a location of its own: the configuration of the other stays as it is.
const elsewhere = { directory: "/tmp" }
const toy = { name: "toy", config: { type: "local", command: ["true"], enabled: false } }
const withToy = async () => {
  must(await plain.mcp.add({ ...elsewhere, ...toy }))
  return { path: { name: "toy" }, query: elsewhere }
}
// They begin a new instance, and what waits is gone.
const last = {
  "POST /mcp": async () => ({ query: elsewhere, body: toy }), "POST /mcp/{name}/connect": withToy, "POST /mcp/{name}/disconnect": withToy,
  "PUT /auth/{providerID}": async () => ({ path: { providerID: "fake" }, body: { type: "api", key: "none" }, bodyKey: "auth" }),
  "DELETE /auth/{providerID}": async () => ({ path: { providerID: "fake" } }),
  "PATCH /config": body({ username: "somebody" }, "config"),
  "POST /instance/dispose": of(),
}

let now
const entries = [["v1", v1], ["v2", v2]].map(([entry, create]) => {
  const shapes = {}
  const fetchOne = async (request) => {
    const response = await fetch(new Request(request, { signal: AbortSignal.timeout(30_000) }))
    const answer = response.headers.get("content-type")?.startsWith("text/event-stream") ? await firstEvent(response) : await response.text()
    shapes[now.name] = { route: now.route, status: response.status, keys: keysOf(answer, now.route) }
    return new Response(response.status === 204 ? null : answer, { status: response.status, headers: { "content-type": response.headers.get("content-type") ?? "text/plain" } })
  }
  return { entry, shapes, fetchOne, methods: methodsOf(create({ baseUrl, fetch: fetchOne }), entry) }
})
for (const table of [calls, last]) {
  for (const { entry, fetchOne, methods } of entries) {
    world = { ...(await turn()), projectID: must(await plain.project.current()).id }
    await permission()
    await question()
    for (now of methods.filter((method) => method.route in table)) {
      const { path: known, query, body, bodyKey } = await table[now.route]()
      const path = Object.fromEntries([...now.route.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, known?.[name]]))
      const options = { signal: AbortSignal.timeout(30_000), sseMaxRetryAttempts: 1 }
      const parameters = entry === "v1" ? { path: { ...path, id: Object.values(path)[0] }, query, body } : { ...path, ...query, ...(bodyKey ? { [bodyKey]: body } : body) }
      const result = await now.call(parameters, options).catch((error) => ({ error }))
      if (result?.stream) await fetchOne(new Request(baseUrl + now.route.slice("GET ".length))) // Streams do not ask by the fetch that is given to a client.
    }
  }
}
for (const { entry, shapes, methods } of entries) {
  const left = methods.filter((method) => !(method.route in calls) && !(method.route in last)).map((method) => method.route)
  process.stdout.write(JSON.stringify({ entry, shapes, left: [...new Set(left)].sort() }) + "\n")
}
process.exit(0)

function must(result, isEmpty) {
  if (result.error || (result.data === undefined && !isEmpty)) throw new Error(`${result.response?.url}: ${result.response?.status} ${JSON.stringify(result.error)}`)
  return result.data
}

async function firstEvent(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let read = ""
  while (!/^data: .*\n\n/m.test(read)) read += (await reader.read()).value
  await reader.cancel()
  return /^data: (.*)\n\n/m.exec(read)[1]
}

// The keys of an answer, with their paths. What is named by data (models, sessions) has {} for its name.
function keysOf(answer, route) {
  const keys = new Set()
  const add = (value, path) => {
    if (Array.isArray(value)) {
      keys.add(`${path}[]`)
      for (const item of value) add(item, `${path}[]`)
    } else if (value && typeof value === "object") {
      if (/\.(parameters|options)$/.test(path)) return
      const isMap = /\.(models|default)$/.test(path) || Object.keys(value).every((key) => /^(ses|msg|prt|per|que)_/.test(key))
      for (const [key, item] of Object.entries(value)) {
        const inner = `${path}.${isMap ? "{}" : key}`
        keys.add(inner)
        add(item, inner)
      }
    }
  }
  let parsed
  try {
    parsed = JSON.parse(answer)
  } catch {
    return [answer.length === 0 ? "nothing" : "text"]
  }
  // Of the models that are known by themselves each server has others.
  if (route === "GET /provider") parsed.all = parsed.all.filter((provider) => provider.id === model.providerID)
  if (route === "GET /config/providers") parsed.providers = parsed.providers.filter((provider) => provider.id === model.providerID)
  add(parsed, "")
  return keys.size === 0 ? [parsed === null ? "null" : Array.isArray(parsed) ? "[]" : typeof parsed] : [...keys].sort()
}
