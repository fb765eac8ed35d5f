/** Files that go into a page and come out of it. */
import type { Page } from 'playwright-core'

/** @param input selects one file input; a page with one needs none */
export const drop = (page: Page, name: string, content: Buffer | string, input = 'input[type=file]') =>
  page.locator(input).setInputFiles({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content),
  })

/** What the reader would find among the downloads after `act`. */
export async function saved(page: Page, act: () => Promise<unknown>): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** A CSR as openssl writes it. */
export const pemOf = (csr: string) =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${csr.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`
