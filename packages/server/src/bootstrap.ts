/**
 * What the first start leaves in the data directory, so that a person can begin:
 * the first operator's token. Later starts change nothing.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeSecret } from './files/write-atomically.js'
import { newId } from './issuance/new-id.js'
import type { Environment } from './issuance/ports/environment.js'
import { scopes } from './rest/authenticate.js'
import { insertToken, makeToken } from './store/tokens.js'

/** The row goes in before the file: a crash between leaves an unused token, not a file that is no token. */
async function makeOperatorToken(env: Environment, file: string): Promise<void> {
  const [organisation] = env.config.organisations
  if (!organisation) return
  const token = makeToken()
  await insertToken(env.db, token, {
    id: newId(),
    name: 'first operator',
    organisation: organisation.id,
    scopes: [...scopes],
    created_at: env.now(),
    expires_at: null,
  })
  await writeSecret(file, `${token}\n`)
}

export async function bootstrap(env: Environment): Promise<void> {
  const file = join(env.config.dataDirectory, 'operator.token')
  if (!existsSync(file)) await makeOperatorToken(env, file)
}
