import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

// The first is a Chromium without a window, which takes half of the processor time of a whole one.
const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
]
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** A Chromium of this machine; undefined where there is none. */
export const browserPath: string | undefined = [
  ...names.flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))),
  ...elsewhere,
].find((path) => existsSync(path))

/** Headless, on a new empty profile, and without the requests that Chromium makes for itself. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Every host that a page speaks to, over HTTP and WebSocket, and whatever it complains about, its policy included. */
export function watchPage(page: Page): { hosts: Set<string>; complaints: string[] } {
  const hosts = new Set<string>()
  const complaints: string[] = []
  const note = (url: string) => {
    if (!/^(data|blob):/.test(url)) hosts.add(new URL(url).host)
  }
  page.on('request', (request) => note(request.url()))
  page.on('websocket', (socket) => note(socket.url()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return { hosts, complaints }
}
