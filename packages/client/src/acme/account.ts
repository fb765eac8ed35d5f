/** Finding or creating the account of a key: RFC 8555 §7.3. */
import { Failure } from '../terminal/failure.js'
import { AcmeProblem } from './acme-problem.js'
import { bindExternalAccount, type EabCredential } from './external-account-binding.js'
import { accountSchema } from './schemas.js'
import type { Session } from './session.js'

export interface Registration {
  email?: string
  agreeTos: boolean
  eab?: EabCredential
  /** The key was sent before and the answer may have been lost: ask for its account first. */
  keyMayBeKnown: boolean
  /** Absent: there is nobody to ask. */
  questions?: AccountQuestions
}

/** What a person can be asked when options do not say it. */
export interface AccountQuestions {
  agreeTo: (termsOfService: string) => Promise<boolean>
  email: () => Promise<string | undefined>
  eab: () => Promise<EabCredential | undefined>
}

/**
 * Makes the session speak for its account.
 *
 * A known key never spends the EAB credential again, since many servers take one only once.
 *
 * @returns the account URL
 */
export async function registerAccount(session: Session, registration: Registration): Promise<string> {
  const known = registration.keyMayBeKnown ? await findKnownAccount(session) : undefined
  const accountUrl = known ?? (await createAccount(session, registration))
  session.accountUrl = accountUrl
  return accountUrl
}

/** Address of the account that has the session's key; undefined for none. */
export async function findKnownAccount(session: Session): Promise<string | undefined> {
  try {
    return await postNewAccount(session, { onlyReturnExisting: true })
  } catch (error) {
    if (error instanceof AcmeProblem && error.type === 'accountDoesNotExist') return undefined
    throw error
  }
}

async function createAccount(session: Session, registration: Registration): Promise<string> {
  const { directory, key } = session
  await checkTerms(directory.meta?.termsOfService, registration)
  const eab = await chooseEab(directory.meta?.externalAccountRequired === true, registration)
  // A credential tells the server who it is for; other servers reach nobody without an address.
  const email = registration.email ?? (eab ? undefined : await registration.questions?.email())
  return postNewAccount(session, {
    ...(email ? { contact: [`mailto:${email}`] } : {}),
    ...(directory.meta?.termsOfService ? { termsOfServiceAgreed: true } : {}),
    ...(eab
      ? { externalAccountBinding: await bindExternalAccount(eab, key.publicJwk, directory.newAccount) }
      : {}),
  })
}

async function chooseEab(
  isRequired: boolean,
  { eab, questions }: Registration,
): Promise<EabCredential | undefined> {
  if (eab || !isRequired) return eab
  const answered = await questions?.eab()
  if (answered) return answered
  throw missingEab
}

async function postNewAccount(session: Session, payload: object): Promise<string> {
  const { value, location } = await session.post(session.directory.newAccount, accountSchema, payload)
  if (value.status === 'valid' && location) return location
  throw new Failure('failed', {
    en: `The account is ${value.status} at the server. Ask the registration authority operator for a new EAB credential.`,
    ja: `アカウントはサーバ側で ${value.status} です。登録担当者に新しい EAB を依頼してください。`,
  })
}

async function checkTerms(
  termsOfService: string | undefined,
  { agreeTos, questions }: Registration,
): Promise<void> {
  if (!termsOfService || agreeTos) return
  if (await questions?.agreeTo(termsOfService)) return
  throw new Failure('usage', {
    en: `The server asks you to agree to its terms of service: ${termsOfService}\nRead them, then run the command again with --agree-tos.`,
    ja: `サーバは利用規約への同意を求めています: ${termsOfService}\n読んだうえで --agree-tos を付けてもう一度実行してください。`,
  })
}

const missingEab = new Failure('usage', {
  en: 'This server takes accounts only with an EAB credential. Ask the registration authority operator for one, then give --eab-file, or --eab-kid with --eab-hmac-key-file.',
  ja: 'このサーバのアカウント作成には EAB が必要です。登録担当者から受け取り、--eab-file、または --eab-kid と --eab-hmac-key-file で指定してください。',
})
