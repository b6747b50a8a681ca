// Drives Debian's Chromium. Reads one JSON command per line from stdin, prints one JSON answer per line; ends with stdin.
//   {"open": URL}                      loads a page                                  -> {"opened": status or error}
//   {"listen": URL}                    new EventSource(URL), events go to a list     -> {"listening": true}
//   {"heard": N}                       events from number N on                       -> {"events": [{id, data}], "opens": n, "errors": n, "state": 0|1|2}
//   {"fetch": URL, "init": {...}}      fetch in the page                             -> {"status", "text"} or {"error"}
//   {"image": URL}                     an <img>, which sends no Origin               -> {"loaded": bool}
import { createInterface } from "node:readline"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chromium } from "playwright-core"

const profile = mkdtempSync(join(tmpdir(), "e2e-chromium-"))
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP *.example 127.0.0.1",
  ],
})
const page = context.pages()[0] ?? (await context.newPage())

const commands = {
  async open({ open }) {
    try {
      return { opened: (await page.goto(open)).status() }
    } catch (error) {
      return { opened: String(error.message) }
    }
  },
  async listen({ listen }) {
    await page.evaluate((url) => {
      const heard = { events: [], opens: 0, errors: 0, source: new EventSource(url) }
      heard.source.onopen = () => heard.opens++
      heard.source.onerror = () => heard.errors++
      heard.source.onmessage = (message) => heard.events.push({ id: message.lastEventId, data: message.data })
      window.heard = heard
    }, listen)
    return { listening: true }
  },
  async heard({ heard }) {
    return page.evaluate((from) => {
      const { events, opens, errors, source } = window.heard
      return { events: events.slice(from), opens, errors, state: source.readyState }
    }, heard)
  },
  async fetch({ fetch: url, init }) {
    return page.evaluate(async ([target, options]) => {
      const cancel = new AbortController()
      try {
        const response = await fetch(target, { ...options, signal: cancel.signal })
        if (!(response.headers.get("content-type") ?? "").startsWith("text/event-stream")) return { status: response.status, text: await response.text() }
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
        let text = ""
        while (!text.includes("data:")) text += (await reader.read()).value // The first frame may only set the reconnection time.
        return { status: response.status, text }
      } catch (error) {
        return { error: String(error) }
      } finally {
        cancel.abort()
      }
    }, [url, init ?? {}])
  },
  async image({ image }) {
    return page.evaluate((url) => new Promise((resolve) => {
      const element = new Image()
      element.onload = () => resolve({ loaded: true })
      element.onerror = () => resolve({ loaded: false })
      element.src = url
    }), image)
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  const name = Object.keys(commands).find((key) => key in command)
  process.stdout.write(JSON.stringify(await commands[name](command)) + "\n")
}
await context.close()
rmSync(profile, { recursive: true, force: true })
