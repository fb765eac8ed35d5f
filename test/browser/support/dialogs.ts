/**
 * Dialogs that change something: how one comes to them, what they say in each language, and what is so
 * afterwards that was not so before.
 */
import { createHash } from 'node:crypto'
import { makeCertificate } from '@upki-gateway/shared/testing'
import { expect } from 'vitest'
import type { Reached } from '../../support/system.js'
import { register } from './acme.js'
import type { Language } from './console.js'
import type { Portal } from './portal.js'
import { get, post } from './post.js'

type Words = Readonly<Record<Language, string>>
type Said = Readonly<Record<Language, string | RegExp>>

export interface World {
  system: Reached
  portal: Portal
}

export interface Arranged {
  path: string
  /** The row of a list that holds the button. */
  row?: string | RegExp
  /** Rows that are ticked first. */
  ticks?: readonly string[]
  /** What is so, by the API. @param shown what a second dialog showed, once and for all */
  see: (shown?: string) => Promise<unknown>
}

export interface Dialog {
  name: string
  arrange: (world: World, label: string) => Promise<Arranged>
  /** The button that opens it. */
  open: Words
  /** `{label}` is that of the thing. */
  title: Words
  says?: Said
  /** A box that is ticked, and is not afterwards. */
  untick?: Words
  fields?: (label: string) => readonly (readonly [label: Words, value: string])[]
  act: Words
  /** The dialog that follows, with a secret that is shown once. */
  then?: Words
  becomes: object
}

const day = 86_400_000
const hostOf = (label: string): string => `${label}.example.ac.jp`
const lastDay = '2030-04-01'

/** The one of a list that `has` these members. */
async function find(system: Reached, path: string, has: Record<string, unknown>): Promise<unknown> {
  const answer = await get(system, `${path}${path.includes('?') ? '&' : '?'}limit=200`)
  const list = Object.values(answer).find(Array.isArray) as Record<string, unknown>[]
  return list.find((each) => Object.entries(has).every(([name, value]) => each[name] === value)) ?? {}
}

const applications = (system: Reached, ids: readonly string[]) => async () => ({
  states: await Promise.all(ids.map(async (id) => (await get(system, `/v1/applications/${id}`)).state)),
})

/** Two that wait; the list is searched for them. */
async function twoWaiting({ portal, system }: World, label: string): Promise<Arranged> {
  const hosts = [hostOf(`a-${label}`), hostOf(`b-${label}`)]
  const ids = await Promise.all(hosts.map((host) => portal.apply(host)))
  const path = `/applications?state=awaiting-approval&q=${label}`
  return { path, ticks: hosts, see: applications(system, ids) }
}

export async function certificate({ system }: World, label: string): Promise<string> {
  const pem = await makeCertificate({
    commonName: hostOf(label),
    issuer: 'NII Open Domain CA - G7 ECC',
    notBefore: new Date(Date.now() - day).toISOString(),
    serialNumber: `4b${createHash('sha256').update(label).digest('hex').slice(0, 30)}`,
  })
  const { serial } = await post<{ serial: string }>(system, '/v1/certificates', { pem })
  return serial
}

async function approval({ system }: World, label: string): Promise<Arranged> {
  const { id } = await post(system, '/v1/approvals', {
    subscriber: { email: `${label}@example.ac.jp` },
    names: [hostOf(label)],
    validUntil: new Date(Date.now() + 30 * day).toISOString(),
  })
  return {
    path: `/approvals?q=${label}`,
    row: label,
    see: () => get(system, `/v1/approvals/${id}`),
  }
}

const plan = ({ system }: World, label: string) =>
  post(system, '/v1/incidents', { criteria: { q: label }, action: { type: 'revoke', reason: '4' } })

/** One thing made over REST, in a list of the console, and at an address of its own. */
const made =
  (path: string, page: string, body: (label: string) => object) =>
  async ({ system }: World, label: string): Promise<Arranged> => {
    const { id } = await post(system, path, body(label))
    return { path: page, row: label, see: () => get(system, `${path}/${id}`) }
  }

const department = made('/v1/departments', '/organisation', (label) => ({
  name: label,
  names: [`.${hostOf(label)}`],
}))

const operator = made('/v1/operators', '/people', (label) => ({ displayName: label, role: 'auditor' }))

const disabledOperator = async (world: World, label: string): Promise<Arranged> => {
  const { id } = await post(world.system, '/v1/operators', { displayName: label, role: 'auditor' })
  const path = `/v1/operators/${id}`
  await world.system.call(path, { method: 'PATCH', body: JSON.stringify({ disabled: true }) })
  return { path: '/people', row: label, see: () => get(world.system, path) }
}

const madeWebhook = (world: World, label: string) =>
  post<{ webhook: { id: string } }>(world.system, '/v1/webhooks', {
    url: `https://hooks.example.ac.jp/${label}`,
  })

async function webhook(world: World, label: string): Promise<Arranged> {
  const { webhook: made } = await madeWebhook(world, label)
  return { path: '/webhooks', row: label, see: () => get(world.system, `/v1/webhooks/${made.id}`) }
}

async function disabledWebhook(world: World, label: string): Promise<Arranged> {
  const { webhook: made } = await madeWebhook(world, label)
  const path = `/v1/webhooks/${made.id}`
  await world.system.call(path, { method: 'PATCH', body: JSON.stringify({ enabled: false }) })
  return { path: '/webhooks', row: label, see: () => get(world.system, path) }
}

const save = { ja: '保存する', en: 'Save' }
const make = { ja: '作成する', en: 'Make it' }
const stop = { ja: '停止する', en: 'Disable' }
const resume = { ja: '再開する', en: 'Enable' }
const change = { ja: '変更…', en: 'Change…' }

export const dialogs: readonly Dialog[] = [
  {
    name: 'cancels an application',
    arrange: async ({ portal, system }, label) => {
      const id = await portal.apply(hostOf(label))
      return { path: `/applications/${id}`, see: applications(system, [id]) }
    },
    open: { ja: '取り消す…', en: 'Cancel…' },
    title: { ja: 'この申請を取り消しますか', en: 'Cancel this application?' },
    says: { ja: '発行システムには送られません。', en: 'It is not sent to the issuance system.' },
    act: { ja: '申請を取り消す', en: 'Cancel the application' },
    becomes: { states: ['cancelled'] },
  },
  {
    name: 'approves many',
    arrange: async (world, label) => {
      const { see, ...rest } = await twoWaiting(world, label)
      const waits = async () => {
        const { states } = (await see()) as { states: string[] }
        return { waiting: states.filter((state) => state === 'awaiting-approval').length }
      }
      return { ...rest, see: waits }
    },
    open: { ja: '承認…', en: 'Approve…' },
    title: { ja: '2件の申請を承認しますか', en: 'Approve 2 applications?' },
    says: { ja: 'まもなく発行システムに送られます。', en: 'soon sent to the issuance system' },
    act: { ja: '承認する', en: 'Approve' },
    becomes: { waiting: 0 },
  },
  {
    name: 'rejects many',
    arrange: twoWaiting,
    open: { ja: '却下…', en: 'Reject…' },
    title: { ja: '2件の申請を却下しますか', en: 'Reject 2 applications?' },
    says: { ja: '理由が申請者に伝えられます。', en: 'the applicant is told the reason' },
    fields: () => [[{ ja: '理由（申請者に伝わります）', en: 'Reason (told to the applicant)' }, 'not ours']],
    act: { ja: '却下する', en: 'Reject' },
    becomes: { states: ['rejected', 'rejected'] },
  },
  {
    name: 'revokes a certificate',
    arrange: async (world, label) => {
      const serial = await certificate(world, label)
      const see = () => find(world.system, `/v1/applications?q=${label}`, { kind: 'server-revoke' })
      return { path: `/certificates/${serial}`, see }
    },
    open: { ja: '失効…', en: 'Revoke…' },
    title: { ja: 'この証明書を失効しますか', en: 'Revoke this certificate?' },
    says: { ja: '接続できなくなります。', en: 'clients refuse servers' },
    act: { ja: '失効を申請する', en: 'Apply for the revocation' },
    becomes: { kind: 'server-revoke' },
  },
  {
    name: 'makes an approval',
    arrange: ({ system }, label) => {
      const see = async () => {
        const { approvals } = (await get(system, `/v1/approvals?q=${label}`)) as { approvals: unknown[] }
        return approvals[0] ?? {}
      }
      return Promise.resolve({ path: '/approvals', see })
    },
    open: { ja: '新しい承認…', en: 'New approval…' },
    title: { ja: '申請の前に承認する', en: 'Approve before anybody applies' },
    says: { ja: '担当者を待たずに', en: 'without waiting' },
    fields: (label) => [
      [{ ja: '利用管理者E-mail', en: 'Subscriber e-mail' }, `${label}@example.ac.jp`],
      [{ ja: '承認済みの名前', en: 'Approved names' }, hostOf(label)],
    ],
    act: { ja: '承認する', en: 'Approve' },
    becomes: { live: true },
  },
  {
    name: 'renews an approval',
    arrange: approval,
    open: { ja: '延長…', en: 'Renew…' },
    title: { ja: '承認を延長する', en: 'Renew the approval' },
    says: {
      ja: /選んだ日の終わりまでになります。いまの期限：20\d\d\/\d\d\/\d\d/,
      en: /the day that you choose. Now: \d\d\/\d\d\/20\d\d/,
    },
    fields: () => [[{ ja: '期限', en: 'Until' }, lastDay]],
    act: { ja: '延長する', en: 'Renew' },
    // The end of the day in Japan, where the browser is.
    becomes: { validUntil: '2030-04-01T14:59:59.000Z' },
  },
  {
    name: 'ends an approval',
    arrange: approval,
    open: { ja: '終了…', en: 'End…' },
    title: { ja: 'この承認を終えますか', en: 'End this approval?' },
    says: { ja: '進行中の申請はそのまま進みます。', en: 'What is under way goes on.' },
    act: { ja: '終える', en: 'End it' },
    becomes: { live: false },
  },
  {
    name: 'revokes an EAB credential',
    arrange: async ({ system }, label) => {
      const { credential } = await post<{ credential: { kid: string } }>(system, '/v1/eab-credentials', {
        subscriber: { email: `${label}@example.ac.jp` },
        names: [hostOf(label)],
      })
      const see = async () => {
        const { revokedAt } = (await find(system, '/v1/eab-credentials', { kid: credential.kid })) as {
          revokedAt: string | null
        }
        return { isRevoked: revokedAt !== null }
      }
      return { path: '/eab', row: label, see }
    },
    open: { ja: '無効化…', en: 'Revoke…' },
    title: { ja: 'このEABを無効にしますか', en: 'Revoke this EAB credential?' },
    says: { ja: 'このEABではアカウントを作れません。', en: 'No account can be made with it any more.' },
    act: { ja: '無効にする', en: 'Revoke' },
    becomes: { isRevoked: true },
  },
  {
    name: 'deactivates an ACME account',
    arrange: async ({ system }, label) => {
      const id = await register(system, `${label}@example.ac.jp`)
      return { path: '/accounts', row: label, see: () => get(system, `/v1/acme-accounts/${id}`) }
    },
    open: { ja: '停止…', en: 'Deactivate…' },
    title: { ja: 'このACMEアカウントを停止しますか', en: 'Deactivate this ACME account?' },
    says: { ja: '発行済みの証明書はそのまま使えます。', en: 'Certificates that were issued stay valid.' },
    act: { ja: '停止する', en: 'Deactivate' },
    becomes: { status: 'revoked' },
  },
  {
    name: 'plans an act on many certificates',
    arrange: async (world, label) => {
      await certificate(world, label)
      const see = async () => {
        const { incidents } = (await get(world.system, '/v1/incidents')) as {
          incidents: { criteria: { q?: string }; count: number; action: string }[]
        }
        return incidents.find(({ criteria }) => criteria.q === label) ?? {}
      }
      return { path: '/incidents', see }
    },
    open: { ja: '新しい計画…', en: 'New plan…' },
    title: { ja: '新しい計画', en: 'New plan' },
    says: { ja: 'まだ何も起きません。', en: 'Nothing is done yet.' },
    fields: (label) => [
      [{ ja: '名前・DNの一部', en: 'Part of a name or the subject' }, label],
      [
        { ja: 'いつまでに再発行するか（再発行の場合）', en: 'To be replaced by (of a re-issue)' },
        new Date(Date.now() + 7 * day).toISOString().slice(0, 10),
      ],
    ],
    act: { ja: '計画を作る', en: 'Make the plan' },
    becomes: { count: 1, action: 'reissue' },
  },
  {
    name: 'plans the revocation of ticked certificates',
    arrange: async (world, label) => {
      const serials = [await certificate(world, `a-${label}`), await certificate(world, `b-${label}`)]
      const see = async () => {
        const { incidents } = (await get(world.system, '/v1/incidents')) as {
          incidents: { criteria: { serials?: string[] }; count: number; action: string }[]
        }
        return incidents.find(({ criteria }) => criteria.serials?.includes(serials[0]!)) ?? {}
      }
      return { path: `/certificates?q=${label}`, ticks: [`a-${label}`, `b-${label}`], see }
    },
    open: { ja: 'まとめて失効…', en: 'Revoke them…' },
    title: { ja: '2件の失効を計画する', en: 'Plan to revoke 2 certificates' },
    says: { ja: 'まだ何も起きません。', en: 'Nothing is done yet' },
    act: { ja: '計画を作る', en: 'Make the plan' },
    becomes: { count: 2, action: 'revoke' },
  },
  {
    name: 'carries a plan out',
    arrange: async (world, label) => {
      await certificate(world, label)
      const { id } = await plan(world, label)
      const see = () => find(world.system, `/v1/applications?q=${label}`, { kind: 'server-revoke' })
      return { path: `/incidents/${id}`, see }
    },
    open: { ja: '実施する…', en: 'Carry out…' },
    title: { ja: '1件の証明書について実施しますか', en: 'Carry it out for 1 certificate?' },
    says: { ja: '元に戻せません。', en: 'This cannot be undone.' },
    act: { ja: '1件を実施する', en: 'Carry out for 1' },
    becomes: { kind: 'server-revoke' },
  },
  {
    name: 'enters a subscriber',
    arrange: ({ system }, label) =>
      Promise.resolve({
        path: '/subscribers',
        see: () => find(system, '/v1/subscribers', { email: `${label}@example.ac.jp` }),
      }),
    open: { ja: '新しい利用管理者…', en: 'New subscriber…' },
    title: { ja: '新しい利用管理者', en: 'New subscriber' },
    fields: (label) => [
      [{ ja: 'メール', en: 'E-mail' }, `${label}@example.ac.jp`],
      [{ ja: '氏名', en: 'Name' }, '国立 太郎'],
    ],
    act: save,
    becomes: { name: '国立 太郎' },
  },
  {
    name: 'changes a subscriber',
    arrange: made('/v1/subscribers', '/subscribers', (label) => ({ email: `${label}@example.ac.jp` })),
    open: change,
    title: { ja: '利用管理者の変更', en: 'Change the subscriber' },
    says: { ja: '作られたときのまま変わりません。', en: 'keep what they were made with' },
    fields: () => [[{ ja: '所属', en: 'Department' }, '情報基盤センター']],
    act: save,
    becomes: { department: '情報基盤センター' },
  },
  {
    name: 'makes a department',
    arrange: ({ system }, label) =>
      Promise.resolve({ path: '/organisation', see: () => find(system, '/v1/departments', { name: label }) }),
    open: { ja: '新しい部局…', en: 'New department…' },
    title: { ja: '新しい部局', en: 'New department' },
    says: { ja: 'ここに挙げた名前の申請だけを見て、決めます。', en: 'only applications for these names' },
    fields: (label) => [
      [{ ja: '名前', en: 'Name' }, label],
      [{ ja: 'ホスト名の範囲', en: 'Host names' }, `.new.${hostOf(label)}`],
    ],
    act: save,
    becomes: { names: [expect.stringMatching(/^\.new\./)] },
  },
  {
    name: 'changes a department',
    arrange: department,
    open: change,
    title: { ja: '部局の変更', en: 'Change the department' },
    fields: (label) => [[{ ja: 'ホスト名の範囲', en: 'Host names' }, `.other.${hostOf(label)}`]],
    act: save,
    becomes: { names: [expect.stringMatching(/^\.other\./)] },
  },
  {
    name: 'deletes a department',
    arrange: department,
    open: { ja: '削除…', en: 'Delete…' },
    title: { ja: '{label}を削除しますか', en: 'Delete {label}?' },
    says: { ja: '証明書と申請はそのまま残ります。', en: 'Certificates and applications stay.' },
    act: { ja: '削除する', en: 'Delete' },
    becomes: { status: 404 },
  },
  {
    name: 'enters an operator',
    arrange: ({ system }, label) =>
      Promise.resolve({ path: '/people', see: () => find(system, '/v1/operators', { displayName: label }) }),
    open: { ja: '新しい担当者…', en: 'New operator…' },
    title: { ja: '新しい担当者', en: 'New operator' },
    fields: (label) => [
      [{ ja: '名前', en: 'Name' }, label],
      [{ ja: 'メール', en: 'E-mail' }, `${label}@example.ac.jp`],
    ],
    act: save,
    becomes: { role: 'operator' },
  },
  {
    name: 'changes an operator',
    arrange: operator,
    open: change,
    title: { ja: '担当者の変更', en: 'Change the operator' },
    says: { ja: 'セッションは終わります。', en: 'ends his sessions' },
    fields: () => [
      [
        { ja: 'クライアント証明書のSHA-256', en: 'SHA-256 of the client certificate' },
        Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex'),
      ],
    ],
    act: save,
    becomes: { certificateSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  },
  {
    name: 'disables an operator',
    arrange: operator,
    open: { ja: '停止…', en: 'Disable…' },
    title: { ja: '{label}を停止しますか', en: 'Disable {label}?' },
    says: { ja: '直ちに使えなくなります。', en: 'are refused at once' },
    act: stop,
    becomes: { disabledAt: expect.stringMatching(/^2/) },
  },
  {
    name: 'enables an operator',
    arrange: disabledOperator,
    open: { ja: '再開…', en: 'Enable…' },
    title: { ja: '{label}を再開しますか', en: 'Enable {label}?' },
    says: { ja: 'サインインできるようになり', en: 'He can sign in again' },
    act: resume,
    becomes: { disabledAt: null },
  },
  {
    name: 'makes a token',
    arrange: ({ system }) =>
      Promise.resolve({
        path: '/tokens',
        see: async (shown = 'none') => {
          const headers = { authorization: `Bearer ${shown}` }
          return { status: (await system.call('/v1/applications', { headers })).status }
        },
      }),
    open: { ja: '新しいトークン…', en: 'New token…' },
    title: { ja: '新しいトークン', en: 'New token' },
    says: { ja: 'あなたに代わって', en: 'in your place' },
    fields: (label) => [[{ ja: '名前（何に使うか）', en: 'Name (what it is for)' }, label]],
    act: make,
    then: { ja: 'トークンができました', en: 'The token is made' },
    becomes: { status: 200 },
  },
  {
    name: 'revokes a token',
    arrange: async ({ system }, label) => {
      const made = { name: label, scopes: ['applications:read'] }
      const { value } = await post<{ value: string }>(system, '/v1/tokens', made)
      const headers = { authorization: `Bearer ${value}` }
      const see = async () => ({ status: (await system.call('/v1/applications', { headers })).status })
      return { path: '/tokens', row: label, see }
    },
    open: { ja: '無効化…', en: 'Revoke…' },
    title: { ja: '「{label}」を無効にしますか', en: 'Revoke “{label}”?' },
    says: { ja: '直ちにAPIを利用できなくなります。', en: 'are refused at once' },
    act: { ja: '無効にする', en: 'Revoke' },
    becomes: { status: 401 },
  },
  {
    name: 'makes a webhook',
    arrange: ({ system }, label) =>
      Promise.resolve({
        path: '/webhooks',
        see: async (shown = '') => {
          const url = `https://hooks.example.ac.jp/${label}`
          const webhook = (await find(system, '/v1/webhooks', { url })) as object
          return { ...webhook, secret: shown.slice(0, 6) }
        },
      }),
    open: { ja: '新しいWebhook…', en: 'New webhook…' },
    title: { ja: '新しいWebhook', en: 'New webhook' },
    says: { ja: '署名を付けて', en: 'signed' },
    fields: (label) => [
      [{ ja: '送り先', en: 'URL' }, `https://hooks.example.ac.jp/${label}`],
      [{ ja: '説明', en: 'Description' }, label],
    ],
    act: make,
    then: { ja: 'Webhookができました', en: 'The webhook is made' },
    becomes: { disabledAt: null, secret: 'whsec_' },
  },
  {
    name: 'changes a webhook',
    arrange: async (world, label) => {
      const { webhook: made } = await madeWebhook(world, label)
      const path = `/webhooks/${made.id}`
      return { path, see: () => get(world.system, `/v1${path}`) }
    },
    open: change,
    title: { ja: 'Webhookの変更', en: 'Change the webhook' },
    says: { ja: '選んだ種類だけ送られます。', en: 'of the kinds that are chosen' },
    fields: (label) => [[{ ja: '説明', en: 'Description' }, label]],
    untick: { ja: '申請：受付', en: 'application received' },
    act: save,
    becomes: {
      description: expect.stringContaining('changes-a-webhook'),
      types: expect.not.arrayContaining(['application.received']),
    },
  },
  {
    name: 'replays a webhook',
    arrange: async (world, label) => {
      const { webhook: made } = await madeWebhook(world, label)
      await world.portal.apply(hostOf(label))
      const path = `/webhooks/${made.id}`
      const see = () => find(world.system, `/v1/audit?subject=${made.id}`, { action: 'webhook.replay' })
      return { path, row: /申請：受付|application received/, see }
    },
    open: { ja: 'ここから送り直す…', en: 'Replay from here…' },
    title: { ja: '出来事を送り直しますか', en: 'Send events once more?' },
    says: { ja: '起きた順にもう一度送ります。', en: 'sent again in its order' },
    act: { ja: '送り直す', en: 'Send again' },
    becomes: { action: 'webhook.replay' },
  },
  {
    name: 'disables a webhook',
    arrange: webhook,
    open: { ja: '停止…', en: 'Disable…' },
    title: { ja: '通知を停止しますか', en: 'Stop sending?' },
    says: { ja: '停止している間の出来事は送られません。', en: 'What happens meanwhile is not sent' },
    act: stop,
    becomes: { disabledBecause: 'operator' },
  },
  {
    name: 'enables a webhook',
    arrange: disabledWebhook,
    open: { ja: '再開…', en: 'Enable…' },
    title: { ja: '通知を再開しますか', en: 'Send again?' },
    says: { ja: 'また送ります。', en: 'is sent again' },
    act: resume,
    becomes: { disabledAt: null },
  },
  {
    name: 'deletes a webhook',
    arrange: webhook,
    open: { ja: '削除…', en: 'Delete…' },
    title: { ja: 'このWebhookを削除しますか', en: 'Delete this webhook?' },
    says: { ja: '元に戻せません。', en: 'This cannot be undone.' },
    act: { ja: '削除する', en: 'Delete' },
    becomes: { status: 404 },
  },
]
