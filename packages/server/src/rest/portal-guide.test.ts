/** Runs the examples of docs/portal-guide.md as they stand, against a real gateway. */
import { execFile, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const guide = readFileSync(join(root, 'docs', 'portal-guide.md'), 'utf8')
const examples = (language: string): string =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))]
    .map(([, code]) => code)
    .join('\n')

let gateway: TestGateway
let folder: string
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  gateway = await startTestGateway()
  folder = mkdtempSync(join(tmpdir(), 'upki-portal-'))
  const token = await gateway.token(['applications:read', 'applications:write'])
  const ca = join(gateway.directory, 'ca.pem')
  env = { ...process.env, UPKI_URL: gateway.url, UPKI_TOKEN: token, UPKI_CA: ca, NODE_EXTRA_CA_CERTS: ca }
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await gateway.close()
})

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0

/** The first lines of the guide set the addresses; here they are the test's. */
const run = async (program: string, args: string[]): Promise<string> =>
  (await promisify(execFile)(program, args, { cwd: folder, env })).stdout

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return name
}

/** Says loudly what was not run. `npm run test:services` installs every program, and there nothing is skipped. */
const itWith = (program: string) => {
  const isSkipped = process.env.UPKI_TEST_ALL_PROGRAMS !== '1' && !has(program)
  if (isSkipped)
    console.warn(
      `\n!!! SKIPPED: ${program} is not installed, so its example of docs/portal-guide.md was not run. ` +
        `\n!!! npm run test:services installs and runs it; or: apt-get install ${packageOf[program] ?? program}\n`,
    )
  return it.skipIf(isSkipped)
}

const packageOf: Record<string, string> = { php: 'php-cli' }

describe('docs/portal-guide.md', () => {
  itWith('curl')('checks, converts and applies with curl', async () => {
    const script = examples('sh').replace(/^export .*$/gm, '')
    const output = await run('sh', ['-e', write('guide.sh', script)])
    expect(output).toContain('"errors":0')
    expect(output).toContain('"state":"awaiting-approval"')
    expect(readFileSync(join(folder, 'revoke.tsv'), 'latin1').split('\t')).toHaveLength(13)
  })

  it('applies with TypeScript', async () => {
    const modules = join(root, 'packages', 'server', 'node_modules')
    symlinkSync(modules, join(folder, 'node_modules'))
    cpSync(join(root, 'packages', 'server', 'src', 'rest', 'api-types.ts'), join(folder, 'upki.ts'))
    write('package.json', '{"type":"module"}')
    const tsx = fileURLToPath(import.meta.resolve('tsx'))
    const output = await run(process.execPath, ['--import', tsx, write('guide.ts', examples('ts'))])
    expect(output).toMatch(/^[0-9a-f-]{36} awaiting-approval\n$/)
  })

  itWith('python3')('applies with Python', async () => {
    expect(await run('python3', [write('guide.py', examples('python'))])).toBe('awaiting-approval\n')
  })

  itWith('php')('applies with PHP', async () => {
    expect(await run('php', [write('guide.php', examples('php'))])).toMatch(
      /^[0-9a-f-]{36} awaiting-approval\n$/,
    )
  })
})
