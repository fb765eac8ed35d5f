/**
 * A real gateway on loopback over PGlite, or over PostgreSQL where the suite has one, in a directory of its own; the
 * issuance system is not there.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import supertest from 'supertest'
import { type Config, loadConfig } from '../config.js'
import { type Gateway, startGateway } from '../gateway.js'
import { newId } from '../issuance/new-id.js'
import type { Role } from '../policy/scopes.js'
import { insertOperator } from '../store/operators.js'
import { insertToken, makeToken } from '../store/tokens.js'
import { ownDatabase } from './own-database.js'
import { placeStore } from './store-template.js'

export interface TestGateway extends Gateway {
  directory: string
  /** Requests that trust the gateway's CA. */
  http: ReturnType<typeof supertest.agent>
  /** Makes a token of the sample organisation. */
  token(scopes: readonly string[], options?: { organisation?: string; expiresAt?: Date }): Promise<string>
  /** Makes an operator of the sample organisation, with a token for all that his role gives. */
  operator(role: Role, options?: { organisation?: string; department?: string }): Promise<TestOperator>
}

export interface TestOperator {
  id: string
  token: string
}

/** Sends nothing to the issuance system: a test moves applications itself. */
export const sendingNothing = (config: Config): Config => ({
  ...config,
  batching: { maxAgeSeconds: 1_000_000 },
})

export interface TestOptions {
  /** Environment of the gateway besides the directory and a free port. */
  env?: Record<string, string>
  change?: (config: Config) => Config
  /** Over PGlite also where the suite has a PostgreSQL. */
  isEmbedded?: boolean
}

export async function startTestGateway({
  env = {},
  change = (config) => config,
  isEmbedded = false,
}: TestOptions = {}): Promise<TestGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'upki-gateway-'))
  const config = change(
    loadConfig({
      UPKI_DATA_DIR: directory,
      UPKI_LISTEN: '127.0.0.1:0',
      UPKI_LOG_LEVEL: 'silent',
      UPKI_CHECK_ANSWERS: 'on',
      ...(isEmbedded ? {} : await ownDatabase(directory)),
      ...env,
    }),
  )
  if (!config.databaseUrl) await placeStore(directory)
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
  const operator: TestGateway['operator'] = async (role, { organisation = 'example', department } = {}) => {
    const [id, value, now] = [newId(), makeToken(), new Date()]
    await gateway.env.db.transaction().execute(async (trx) => {
      const shared = { organisation, created_at: now }
      const names = { display_name: `test ${role}`, role, department_id: department }
      await insertOperator(trx, { ...shared, ...names, id, updated_at: now })
      await insertToken(trx, value, { ...shared, id: newId(), name: 'test', scopes: ['*'], operator_id: id })
    })
    return { id, token: value }
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
    operator,
    http: supertest.agent(gateway.url, { ca: readFileSync(join(directory, 'ca.pem'), 'utf8') }),
  }
}
