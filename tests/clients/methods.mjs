// Calls every method of both entries of @opencode-ai/sdk on a server, with ids of nothing, and prints what was answered.
//   node methods.mjs URL      prints one JSON line per entry: {entry, methods, answered: {"METHOD /route": status}}
import { createOpencodeClient as v1 } from "@opencode-ai/sdk"
import { createOpencodeClient as v2 } from "@opencode-ai/sdk/v2"
import { methodsOf } from "./sdk-methods.mjs"

const baseUrl = process.argv[2]
const ids = Object.fromEntries([
  "sessionID", "messageID", "partID", "providerID", "requestID", "permissionID", "projectID", "ptyID", "workspaceID", "credentialID", "attemptID", "integrationID", "questionID", "name", "id", "path",
].map((key) => [key, "x1"]))

for (const [entry, create] of [["v1", v1], ["v2", v2]]) {
  const answered = {}
  let route
  const fetchOne = async (request) => {
    const response = await fetch(new Request(request, { signal: AbortSignal.timeout(5000) }))
    answered[route] = response.status
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream")
    const text = isStream ? (await response.body.cancel(), "") : await response.text()
    return new Response(isStream || response.status === 204 ? null : text, { status: response.status, headers: { "content-type": "application/json" } })
  }
  const methods = methodsOf(create({ baseUrl, fetch: fetchOne }), entry)
  for (const method of methods) {
    route = method.route
    const leave = AbortSignal.timeout(5000)
    const left = new Promise((resolve) => leave.addEventListener("abort", resolve))
    const options = { signal: leave, sseMaxRetryAttempts: 1 }
    const call = async (body) => {
      const result = await method.call(entry === "v1" ? { path: ids, query: {}, ...body } : ids, options)
      if (result?.stream) await result.stream.next()
    }
    // A GET must not have a body, other methods of the first entry must.
    await Promise.race([call({ body: {} }).catch(() => call({})).catch(() => undefined), left])
  }
  process.stdout.write(JSON.stringify({ entry, methods: methods.length, answered }) + "\n")
}
process.exit(0)
