/** An application for UPKI's own ACME, its credential by link, and the client that takes it. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply, look } from '../support/applications.js'
import {
  makeDirectory,
  removeDirectory,
  runClient,
  startIn,
  type TestSystem,
  until,
} from '../support/system.js'

const directory = makeDirectory()
let system: TestSystem
let link: string
let id: string

const given = {
  keyId: 'kid-of-upki',
  hmacKey: Buffer.alloc(32, 7).toString('base64url'),
  directoryUrl: 'https://acme.example.jp/directory',
}
const at = (name: string) => join(directory, 'client', name)
const take = (input: string, ...more: string[]) =>
  runClient(
    [
      ...['take-eab', '--config-dir', at('config'), '--out', at('eab.json'), '--lang', 'en'],
      ...['--ca-file', join(system.directory, 'ca.pem'), ...more],
    ],
    { input },
  )

beforeAll(async () => {
  system = await startIn(join(directory, 'gateway'))
  mkdirSync(join(directory, 'client'))
  await system.turnKnobs({ latencyMs: 0 })
  const subjectDn = 'CN=acme.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'
  const row = { kind: 'acme-create', fqdn: 'acme.example.ac.jp', profileId: '3', subjectDn }
  id = (await apply(system, { ...row, subscriberName: '国立 太郎' }))[0]!.id
  await until(
    () => look(system, id),
    ({ state }) => state === 'submitted',
    200,
  )
  const reply = await system.call(`/v1/applications/${id}/eab`, {
    method: 'POST',
    body: JSON.stringify(given),
  })
  const answer = (await reply.json()) as { link: string }
  link = answer.link
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})

describe('take-eab', () => {
  it('asks for the whole link, and uses none up for a wrong one', async () => {
    for (const wrong of ['', link.split('#')[0]!, link.replace('https:', 'http:'), 'x'.repeat(5000)])
      expect(await take(wrong)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Give the whole link') as string,
      })
  })

  it('uses no link up for a file that is there, or cannot be written', async () => {
    writeFileSync(at('there.json'), 'mine')
    expect(await take(link, '--out', at('there.json'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('The link was not used') as string,
    })
    expect(readFileSync(at('there.json'), 'utf8')).toBe('mine')
    expect((await take(link, '--out', at('none/eab.json'))).stderr).toContain('The link was not used')
  })

  it('writes the credential where only its owner reads it, and shows no key', async () => {
    const { code, stdout, stderr } = await take(`${link}\n`)
    expect(code, stderr).toBe(0)
    expect(JSON.parse(readFileSync(at('eab.json'), 'utf8'))).toEqual({
      kid: given.keyId,
      hmacKey: given.hmacKey,
    })
    expect(statSync(at('eab.json')).mode & 0o777).toBe(0o600)
    expect(stdout).toContain(`--server ${given.directoryUrl} --eab-file ${at('eab.json')}`)
    expect(stdout + stderr).not.toContain(given.hmacKey)
    expect(readFileSync(at('config/logs/upki-client.log'), 'utf8')).not.toContain(link.split('#')[1])
    expect(await look(system, id)).toMatchObject({ state: 'issued' })
  })

  it('says that a link which was used gives nothing, and leaves no file', async () => {
    const outcome = await take(link, '--out', at('second.json'))
    expect(outcome).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was used or has expired') as string,
    })
    expect(() => statSync(at('second.json'))).toThrow('ENOENT')
  })
})
