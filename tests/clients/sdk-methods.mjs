// The methods of a client of @opencode-ai/sdk and of the objects that it has, at any depth: {name, route, call(parameters, options)}.
const owners = { session: "sessionID", pty: "ptyID", provider: "providerID", auth: "providerID" }

export function methodsOf(client, entry) {
  const found = []
  const seen = new Set([client])
  const look = (object, path) => {
    for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const [name, slot] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (name === "constructor" || name.startsWith("_") || name === "client") continue
        if (at !== object && typeof slot.value === "function") {
          const takesOne = entry === "v1" || slot.value.length < 2 // In the second entry a method without parameters has its options alone.
          const call = (parameters, options) => takesOne ? slot.value.call(object, entry === "v1" ? { ...parameters, ...options } : options) : slot.value.call(object, parameters, options)
          found.push({ name: [...path, name].join("."), route: routeOf(call), call })
          continue
        }
        const value = slot.get ? object[name] : slot.value
        if (!value || typeof value !== "object" || seen.has(value)) continue
        seen.add(value)
        look(value, [...path, name])
      }
    }
  }
  look(client, [])
  return found
}

// The request of a method, from a client that sends nothing. The first entry calls many ids just "id".
function routeOf(call) {
  let route
  const take = (verb) => ({ url }) => { route = `${verb} ${url.replace(/^(.*\/(session|pty|provider|auth))\/\{id\}/, (_, head, owner) => `${head}/{${owners[owner]}}`)}` }
  const probe = Object.fromEntries(["get", "post", "put", "patch", "delete"].map((verb) => [verb, take(verb.toUpperCase())]))
  probe.sse = { get: take("GET") }
  probe.get.sse = take("GET")
  call({}, { client: probe })
  return route
}
