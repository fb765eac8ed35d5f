/** Mails of a life cycle, sent to a real SMTP server on loopback. */
import type { AddressInfo } from 'node:net'
import { sampleCsr } from '@upki-gateway/shared/testing'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { OrganisationConfig } from '../../config.js'
import type { Environment } from '../../issuance/ports/environment.js'
import type { MailedEvent } from '../../store/mails.js'
import { openTestIssuance, type TestIssuance } from '../../testing/issuance.js'
import type { EventType } from '../event-types.js'
import { publishEvents } from '../publish.js'
import { renderMail } from './render-mail.js'
import { type Mailer, makeMailer, sendMails } from './send-mails.js'

interface Mail {
  to: string[]
  /** Header lines, unfolded. */
  headers: Record<string, string>
  text: string
  raw: string
}

let issuance: TestIssuance
let server: SMTPServer
let mailer: Mailer
let env: Environment
const mails: Mail[] = []
/** What the server answers after the mail; null takes it. */
let refusal: (() => number | null) | undefined

const decodeQ = (text: string) =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString()

/** RFC 2047, as far as the sender uses it. */
const decodeWords = (text: string) =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, way: string, word: string) =>
      way.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString() : decodeQ(word.replace(/_/g, ' ')),
    )

function parse(raw: string, to: string[]): Mail {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.split(':')[0]!.toLowerCase(),
      decodeWords(line.slice(line.indexOf(':') + 1).trim()),
    ]),
  )
  const body = rest.join('\r\n\r\n')
  const way = headers['content-transfer-encoding']
  const text =
    way === 'base64'
      ? Buffer.from(body, 'base64').toString()
      : way === 'quoted-printable'
        ? decodeQ(body.replace(/=\r\n/g, ''))
        : body
  return { to, headers, text, raw }
}

const notices: NonNullable<OrganisationConfig['notices']> = {
  to: ['team@example.ac.jp'],
  types: ['application.needs-approval'],
  language: 'ja',
  subscriberTypes: [],
  withNames: false,
}

function use(change: Partial<typeof notices>): void {
  const organisations = issuance.env.config.organisations.map((organisation) => ({
    ...organisation,
    notices: { ...notices, ...change },
  }))
  const mail = { from: 'upki@example.ac.jp', collectSeconds: 60 }
  env = {
    ...issuance.env,
    config: { ...issuance.env.config, organisations, mail },
    organisation: () => organisations[0]!,
  }
}

beforeAll(async () => {
  issuance = await openTestIssuance()
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(
          parse(
            Buffer.concat(chunks).toString(),
            session.envelope.rcptTo.map(({ address }) => address),
          ),
        )
        const answer = refusal?.() ?? null
        if (answer === null) done()
        else done(Object.assign(new Error('no'), { responseCode: answer }))
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  mailer = makeMailer(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`)
})
afterEach(async () => {
  mails.length = 0
  refusal = undefined
  for (const table of ['mails', 'events'] as const) await issuance.env.db.deleteFrom(table).execute()
  await issuance.clear()
})
afterAll(async () => {
  mailer.close()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  await issuance.close()
})

/** Applications that wait for an operator. */
async function wait(...names: string[]): Promise<void> {
  await issuance.apply(...(await Promise.all(names.map(sampleCsr))))
  await env.db.updateTable('applications').set({ state: 'awaiting-approval' }).execute()
  await publishEvents(env)
}

/** When everything has been collected. */
async function send(seconds = 61): Promise<void> {
  issuance.pass(seconds)
  await sendMails(env, mailer)
}

const states = async () =>
  (await env.db.selectFrom('mails').select(['state', 'attempts']).orderBy('id').execute()).map(
    ({ state, attempts }) => `${state} ${attempts}`,
  )

describe('a team', () => {
  it('gets one mail for what happens within a minute', async () => {
    use({})
    await wait('a.example.ac.jp', 'b.example.ac.jp')
    await wait('c.example.ac.jp')
    await send(30)
    expect(mails).toEqual([])
    await send(31)
    expect(mails).toHaveLength(1)
    const [{ to, headers, text }] = mails as [Mail]
    expect(to).toEqual(['team@example.ac.jp'])
    expect(headers).toMatchObject({
      from: 'upki@example.ac.jp',
      subject: '[UPKI] 承認待ちの申請があります（3件）',
      'auto-submitted': 'auto-generated',
    })
    for (const name of ['a', 'b', 'c']) expect(text).toContain(`ホスト名: ${name}.example.ac.jp`)
    await send()
    expect(mails).toHaveLength(1)
  })

  it('of several gets it in its language, each address for itself', async () => {
    use({ language: 'en', to: ['one@example.ac.jp', 'two@example.ac.jp'] })
    await wait('www.example.ac.jp')
    await send()
    expect(mails.map(({ to }) => to)).toEqual(
      expect.arrayContaining([['one@example.ac.jp'], ['two@example.ac.jp']]),
    )
    expect(mails[0]?.headers.subject).toBe('[UPKI] Applications wait for approval: www.example.ac.jp')
  })

  it('gets nothing of types that it does not want', async () => {
    use({ types: ['batch.attention'] })
    await wait('www.example.ac.jp')
    await send()
    expect(mails).toEqual([])
  })
})

describe('a subscriber', () => {
  it('is mailed where the organisation wants it', async () => {
    use({ types: [], subscriberTypes: ['application.needs-approval'] })
    await wait('www.example.ac.jp')
    await send()
    expect(mails.map(({ to }) => to)).toEqual([['taro@example.ac.jp']])
  })

  it.each([
    'taro@example.ac.jp\r\nBcc: evil@example.org',
    'taro@example.ac.jp, evil@example.org',
    'Taro <taro@example.ac.jp>',
    'no address',
  ])('whose address is %j is not', async (address) => {
    use({ types: [], subscriberTypes: ['application.needs-approval'] })
    await issuance.apply(await sampleCsr('www.example.ac.jp'))
    const fields = JSON.stringify({ subscriberEmail: address })
    await env.db.updateTable('applications').set({ state: 'awaiting-approval', fields }).execute()
    await publishEvents(env)
    await send()
    expect(mails).toEqual([])
  })
})

describe('a mail that is not taken', () => {
  it('for now comes again later, and is the same', async () => {
    use({})
    await wait('www.example.ac.jp')
    const answers: (number | null)[] = [451, null]
    refusal = () => answers.shift() ?? null
    await send()
    expect(await states()).toEqual(['pending 1'])
    await send()
    expect(await states()).toEqual(['sent 2'])
    const [first, second] = mails as [Mail, Mail]
    expect(second.headers['message-id']).toBe(first.headers['message-id'])
    expect(second.text).toBe(first.text)
  })

  it('for good is not tried again', async () => {
    use({})
    await wait('www.example.ac.jp')
    refusal = () => 550
    await send()
    await send(7200)
    expect([await states(), mails.length]).toEqual([['failed 1'], 1])
  })
})

describe('two processes', () => {
  it('send each mail once', async () => {
    use({ to: ['one@example.ac.jp', 'two@example.ac.jp', 'three@example.ac.jp'] })
    await wait('www.example.ac.jp')
    issuance.pass(61)
    await Promise.all([sendMails(env, mailer), sendMails(env, mailer)])
    expect(mails.map(({ to }) => to[0]).sort()).toEqual([
      'one@example.ac.jp',
      'three@example.ac.jp',
      'two@example.ac.jp',
    ])
  })
})

describe('what is written', () => {
  const event = (type: EventType, more: Partial<MailedEvent> = {}): MailedEvent => ({
    ...{ seq: '1', position: '1', at: new Date('2026-11-24T15:00:00Z'), organisation: 'example', type },
    ...{ application_id: 'an-id', certificate_serial: null, batch_id: null, approval_id: null, data: {} },
    ...{ subscriberEmail: 'taro@example.ac.jp', subscriberName: '国立 太郎' },
    ...more,
  })
  const render = (
    events: MailedEvent[],
    change: Partial<typeof notices> = {},
    audience: 'team' | 'subscriber' = 'team',
  ) => {
    use(change)
    const terms = { organisation: env.organisation('example'), consoleUrl: 'https://upki.example.ac.jp' }
    return renderMail({ type: events[0]!.type, audience }, events, terms)
  }

  it('has no name of a person unless the organisation wishes it, and then for its team only', () => {
    const [one] = [event('application.needs-approval')]
    expect(JSON.stringify(render([one]))).not.toMatch(/国立|taro@/)
    expect(render([one], { withNames: true }).text).toContain('利用管理者: 国立 太郎')
    expect(render([one], { withNames: true }, 'subscriber').text).not.toContain('国立')
  })

  it('keeps what comes from outside on its line, and out of the subject', () => {
    const data = { commonName: 'x.example.ac.jp\r\nBcc: evil@example.org\u2028y' }
    const { subject, text } = render([event('certificate.issued', { data })])
    expect(subject).toBe('[UPKI] 証明書が発行されました')
    expect(text).toContain('ホスト名: x.example.ac.jp Bcc: evil@example.org y')
  })

  it('says how long is left, in the time of Japan', () => {
    const data = { commonName: 'www.example.ac.jp', withinDays: 7 }
    const { subject, text } = render([event('certificate.expiring', { data })], { language: 'en' })
    expect(subject).toBe('[UPKI] Certificates expire soon: www.example.ac.jp')
    expect(text).toMatch(/at: 25 Nov 2026, 00:00[\s\S]*ends within: 7 days/)
  })
})
