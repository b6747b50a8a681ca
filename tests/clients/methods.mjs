// Calls every method of both entries of @opencode-ai/sdk on a server, with ids of nothing, and prints what was answered.
//   node methods.mjs URL      prints one JSON line per entry: {entry, methods, answered: {"METHOD /path": status}, unserved: ["METHOD /route"]}
import { createOpencodeClient as v1 } from "@opencode-ai/sdk"
import { createOpencodeClient as v2 } from "@opencode-ai/sdk/v2"

const baseUrl = process.argv[2]
const ids = Object.fromEntries([
  "sessionID", "messageID", "partID", "providerID", "requestID", "permissionID", "projectID", "ptyID", "workspaceID", "credentialID", "attemptID", "integrationID", "questionID", "name", "id", "path",
].map((key) => [key, "x1"]))

for (const [entry, create] of [["v1", v1], ["v2", v2]]) {
  const answered = {}
  const unserved = new Set()
  const fetchOne = async (request) => {
    const leave = AbortSignal.timeout(5000)
    const response = await fetch(new Request(request, { signal: leave }))
    answered[`${request.method} ${new URL(request.url).pathname}`] = response.status
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream")
    const text = isStream ? (await response.body.cancel(), "") : await response.text()
    if (response.status === 501) unserved.add(/(GET|POST|PUT|PATCH|DELETE) \/[^\s.]*/.exec(JSON.parse(text).data.message)[0])
    return new Response(isStream || response.status === 204 ? null : text, { status: response.status, headers: { "content-type": "application/json" } })
  }
  const client = create({ baseUrl, fetch: fetchOne })
  let methods = 0
  for (const [owner, method] of methodsOf(client)) {
    methods++
    const leave = AbortSignal.timeout(5000)
    const left = new Promise((resolve) => leave.addEventListener("abort", resolve))
    const options = { signal: leave, sseMaxRetryAttempts: 1 }
    const call = async (body) => {
      const result = await (entry === "v1" ? method.call(owner, { path: ids, query: {}, ...body, ...options }) : method.call(owner, ids, options))
      if (result?.stream) await result.stream.next()
    }
    // A GET must not have a body, other methods of the first entry must.
    await Promise.race([call({ body: {} }).catch(() => call({})).catch(() => undefined), left])
  }
  process.stdout.write(JSON.stringify({ entry, methods, answered, unserved: [...unserved].sort() }) + "\n")
}
process.exit(0)

// The methods of the client and of the objects that it has, at any depth.
function methodsOf(root) {
  const found = []
  const seen = new Set()
  const look = (object) => {
    if (!object || typeof object !== "object" || seen.has(object)) return
    seen.add(object)
    for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const [name, slot] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (name === "constructor" || name.startsWith("_") || name === "client") continue
        if (at !== object && typeof slot.value === "function") found.push([object, slot.value])
        else look(slot.get ? object[name] : slot.value)
      }
    }
  }
  look(root)
  return found
}
