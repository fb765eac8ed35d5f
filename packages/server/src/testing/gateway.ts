/** A real gateway on loopback over PGlite, in a directory of its own; the issuance system is not there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import supertest from 'supertest'
import { type Config, loadConfig } from '../config.js'
import { type Gateway, startGateway } from '../gateway.js'
import { newId } from '../issuance/new-id.js'
import { insertToken, makeToken } from '../store/tokens.js'

export interface TestGateway extends Gateway {
  directory: string
  /** Requests that trust the gateway's CA. */
  http: ReturnType<typeof supertest.agent>
  /** Makes a token of the sample organisation. */
  token(scopes: readonly string[], options?: { organisation?: string; expiresAt?: Date }): Promise<string>
}

export interface TestOptions {
  /** Environment of the gateway besides the directory and a free port. */
  env?: Record<string, string>
  change?: (config: Config) => Config
}

export async function startTestGateway({
  env = {},
  change = (config) => config,
}: TestOptions = {}): Promise<TestGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'upki-gateway-'))
  const config = change(
    loadConfig({ UPKI_DATA_DIR: directory, UPKI_LISTEN: '127.0.0.1:0', UPKI_LOG_LEVEL: 'silent', ...env }),
  )
  const gateway = await startGateway(config)
  const token: TestGateway['token'] = async (scopes, { organisation = 'example', expiresAt } = {}) => {
    const value = makeToken()
    await insertToken(gateway.env.db, value, {
      id: newId(),
      name: 'test',
      organisation,
      scopes: [...scopes],
      created_at: new Date(),
      expires_at: expiresAt ?? null,
    })
    return value
  }
  const close = async () => {
    await gateway.close()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  }
  return {
    ...gateway,
    close,
    directory,
    token,
    http: supertest.agent(gateway.url, { ca: readFileSync(join(directory, 'ca.pem'), 'utf8') }),
  }
}
