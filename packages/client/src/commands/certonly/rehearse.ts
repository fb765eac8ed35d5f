/**
 * `--dry-run` of `certonly` and `run`: everything that can be checked without an
 * order that counts. At a UPKI gateway an order is no application before it is
 * finalized, so with an account that is there one is placed, and refused names,
 * key type and subject are told; the next real run takes it up. Other CAs count
 * orders: there only what lies here is checked, and challenges are tried locally.
 */
import { createHash, randomBytes } from 'node:crypto'
import { parseDirectoryUrl } from '../../acme/endpoint.js'
import { placeOrder } from '../../acme/order.js'
import type { ChallengeTask } from '../../acme/challenge.js'
import type { Prover } from '../../acme/prove-names.js'
import type { Order } from '../../acme/schemas.js'
import { Session } from '../../acme/session.js'
import { openProver } from '../../authenticators/open-authenticator.js'
import { accountId, listAccounts, openAccountKey } from '../../keystore/account-store.js'
import { chooseDirectories, prepareDirectories, type Directories } from '../../keystore/directories.js'
import { savedOptions } from '../../renewal/renewal-config.js'
import type { Transport } from '../../acme/transport.js'
import { chooseAuthenticator } from '../challenge-options.js'
import type { Context } from '../command-spec.js'
import { decodeHmacKey } from '../../acme/external-account-binding.js'
import { readEab } from './eab-options.js'
import { openTransport } from './open-transport.js'
import { askForMissing } from './questions.js'
import { readRequest, type CertificateRequest, type CertonlyOptions } from './request.js'
import { offeredProfile, chooseKeyType } from './start-order.js'
import { checkP12, checkP12Files } from './write-p12.js'

export interface Rehearsal {
  names: readonly string[]
  server: string
  /** Undefined: it would be made. */
  account?: string
  /** As a gateway answers. */
  keyType?: string
  subject?: object
  challenges: 'tried' | 'none'
}

/** @throws Failure, AcmeProblem for whatever would stop the real run */
export async function rehearseOrder(given: CertonlyOptions, context: Context): Promise<Rehearsal> {
  const options = await askForMissing(given, context)
  const { configDir, workDir, logsDir } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  checkP12(options, context)
  await checkP12Files(options)
  const request = await readRequest(options, undefined)
  const transport = openTransport(directories, request, context)
  try {
    const asked = await askServer(directories, request, options, { transport, context })
    const prover = openProver(
      savedOptions(chooseAuthenticator({ ...options, domains: [...request.names] })),
      context,
    )
    const challenges = await tryChallenges(request.names, prover)
    return { names: request.names, server: request.server.href, ...asked, challenges }
  } finally {
    await transport.close()
  }
}

async function askServer(
  directories: Directories,
  request: CertificateRequest,
  options: CertonlyOptions,
  { transport, context }: { transport: Transport; context: Context },
): Promise<Pick<Rehearsal, 'account' | 'keyType' | 'subject'>> {
  const { server } = request
  const eab = await readEab(options, context.reporter)
  if (eab) decodeHmacKey(eab.hmacKey)
  const kid = eab?.kid ?? options.eabKid
  const wanted = kid ? accountId(server, kid) : options.account
  const known = await listAccounts(directories, server)
  const account = known.find(({ id }) => wanted === undefined || id === wanted)
  const session = await Session.open(transport, parseDirectoryUrl(server.href, true), await keyFor(account))
  if (!account || session.directory.meta?.upki === undefined) return { account: account?.id }
  session.accountUrl = account.url
  const { order } = await placeOrder(session, {
    names: request.names,
    profile: offeredProfile(session.directory, request.keyType),
    software: request.software,
  })
  return { account: account.id, ...describe(order, request) }
}

const describe = (order: Order, request: CertificateRequest) => ({
  keyType: chooseKeyType(order, request),
  subject: order.upki?.subject,
})

/** A directory is read without a key; without an account nothing is signed. */
const keyFor = (account: Parameters<typeof openAccountKey>[0] | undefined) =>
  account ? openAccountKey(account) : ({} as Awaited<ReturnType<typeof openAccountKey>>)

/** Shows made-up challenges and looks at them from here, as the server would at real ones. */
async function tryChallenges(names: readonly string[], prover: Prover): Promise<Rehearsal['challenges']> {
  const { authenticator, preferred, preflight } = prover
  if (!authenticator) return 'none'
  const type =
    authenticator.types.find((one) => preferred.length === 0 || preferred.includes(one)) ??
    authenticator.types[0] ??
    'http-01'
  const domains = [...new Set(names.map((name) => name.replace(/^\*\./, '')))]
  const tasks = domains.map((domain): ChallengeTask => {
    const token = randomBytes(32).toString('base64url')
    const thumbprint = createHash('sha256').update(token).digest('base64url')
    return { domain, type, token, keyAuthorization: `${token}.${thumbprint}` }
  })
  try {
    await authenticator.perform(tasks)
    await preflight(tasks)
  } finally {
    await authenticator.cleanUp(tasks)
  }
  return 'tried'
}
