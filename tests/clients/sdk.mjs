// Drives @opencode-ai/sdk against a server, as a program that uses it would.
//   node sdk.mjs calls URL DIRECTORY      typed calls once; prints one JSON object
//   node sdk.mjs stream URL DIRECTORY     event.subscribe until stdin ends; prints one JSON line per event
//   node sdk.mjs work URL DIRECTORY       the same, and one session after the other with two prompts each; prints a line per prompt too
import { createOpencodeClient } from "@opencode-ai/sdk"

const [mode, baseUrl, directory] = process.argv.slice(2)
const print = (value) => process.stdout.write(JSON.stringify(value) + "\n")
const client = createOpencodeClient({ baseUrl, directory })
const must = (result, what) => {
  if (result.error || result.data === undefined) throw new Error(`${what}: ${result.response?.status} ${JSON.stringify(result.error)}`)
  return result.data
}
const textOf = (parts) => parts.filter((part) => part.type === "text").map((part) => part.text).join("")

async function calls() {
  const cancel = new AbortController()
  const subscribed = await client.event.subscribe({ signal: cancel.signal })
  const types = []
  const idle = new Map()
  const connected = deferred()
  const whenIdle = (id) => {
    if (!idle.has(id)) idle.set(id, deferred())
    return idle.get(id).promise
  }
  const reading = (async () => {
    for await (const event of subscribed.stream) {
      types.push(event.type)
      if (event.type === "server.connected") connected.resolve()
      if (event.type === "session.idle") {
        whenIdle(event.properties.sessionID)
        idle.get(event.properties.sessionID).resolve()
      }
    }
  })()
  await connected.promise

  const session = must(await client.session.create({ body: { title: "From the SDK" } }), "session.create")
  const answer = must(await client.session.prompt({ path: { id: session.id }, body: { parts: [{ type: "text", text: "hello from the SDK" }] } }), "session.prompt")
  await whenIdle(session.id)
  const messages = must(await client.session.messages({ path: { id: session.id } }), "session.messages")

  const slow = must(await client.session.create({ body: {} }), "session.create")
  const waiting = client.session.prompt({ path: { id: slow.id }, body: { parts: [{ type: "text", text: "slow: 400" }] } })
  while (!types.includes("message.part.delta") || must(await client.session.status(), "session.status")[slow.id]?.type !== "busy") await new Promise((r) => setTimeout(r, 10))
  const aborted = must(await client.session.abort({ path: { id: slow.id } }), "session.abort")
  const cut = must(await waiting, "session.prompt (aborted)")
  await whenIdle(slow.id)
  const statusAfter = must(await client.session.status(), "session.status")

  const list = must(await client.session.list(), "session.list")
  const missing = await client.session.get({ path: { id: "ses_00000000000000000000000000" } })
  cancel.abort()
  await reading.catch(() => undefined)
  print({
    session: { id: session.id, title: session.title, directory: session.directory },
    answer: { role: answer.info.role, completed: answer.info.time.completed !== undefined, text: textOf(answer.parts) },
    messages: messages.map((message) => ({ role: message.info.role, text: textOf(message.parts) })),
    aborted,
    cut: { error: cut.info.error?.name, completed: cut.info.time.completed !== undefined },
    busyAfterAbort: Object.keys(statusAfter).includes(slow.id),
    listed: list.map((item) => item.id),
    missing: { status: missing.response.status, name: missing.error?.name },
    types: [...new Set(types)],
  })
}

async function stream(onEvent = () => undefined) {
  const cancel = new AbortController()
  const subscribed = await client.event.subscribe({ signal: cancel.signal, sseMaxRetryDelay: 400, onSseError: (error) => print({ lost: String(error?.message ?? error) }) })
  process.stdin.resume()
  process.stdin.on("end", () => { cancel.abort(); process.exit(0) })
  for await (const event of subscribed.stream) {
    print({ event })
    onEvent(event)
  }
  print({ ended: true })
}

// A call that fails is said, and made again: the program goes on.
async function insist(what, call) {
  for (;;) {
    const result = await call().catch((error) => ({ error: String(error) }))
    if (!result.error && result.data !== undefined) return result.data
    print({ failed: { what, at: new Date(), status: result.response?.status, error: result.error } })
    await new Promise((r) => setTimeout(r, 200))
  }
}

async function work() {
  const connected = deferred()
  const listening = stream((event) => { if (event.type === "server.connected") connected.resolve() })
  await connected.promise
  let stop = false
  process.stdin.on("data", () => { stop = true })
  while (!stop) {
    const session = await insist("session.create", () => client.session.create({ body: {} }))
    for (const text of ["slow: 40", "run: echo $((6 * 7))"]) {
      const answer = await insist("session.prompt", () => client.session.prompt({ path: { id: session.id }, body: { parts: [{ type: "text", text }] } }))
      print({ turn: { session: session.id, prompt: text, error: answer.info.error?.name, finish: answer.info.finish } })
    }
  }
  print({ done: true })
  await listening
}

function deferred() {
  let resolve
  const promise = new Promise((r) => { resolve = r })
  return { promise, resolve }
}

await { calls, stream, work }[mode]()
