/** Approving: once or lastingly, one or many, alone or by four eyes, for one department or all. */
import { makeCertificate, sampleCsr } from '@upki-gateway/shared/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApplication } from '../issuance/decide-application.js'
import { callerOfToken } from '../policy/caller.js'
import { startTestGateway, type TestGateway, type TestOperator } from '../testing/gateway.js'

let gateway: TestGateway

// Two must approve there.
const careful = { organisation: 'careful' }

beforeAll(async () => {
  gateway = await startTestGateway({
    change: (config) => ({
      ...config,
      organisations: config.organisations.flatMap((each) => [
        each,
        { ...each, id: 'careful', domains: ['careful.ac.jp'], approvers: 2 as const },
      ]),
    }),
  })
})
afterAll(() => gateway.close())

type Body = Record<string, unknown>
interface Row {
  id: string
  state: string
  approvalId: string | null
  createdBy: string
}

async function call(by: TestOperator | string, path: string, body?: object) {
  const token = typeof by === 'string' ? by : by.token
  const request =
    body === undefined ? gateway.http.get(`/v1/${path}`) : gateway.http.post(`/v1/${path}`).send(body)
  const reply = await request.set({ authorization: `Bearer ${token}` })
  return { status: reply.status, body: reply.body as Body, text: reply.text }
}

let names = 0
const newName = (domain = 'example.ac.jp') => `host-${(names += 1)}.${domain}`

async function apply(by: TestOperator | string, name = newName(), email = 'jiro@example.ac.jp') {
  const csr = await sampleCsr(name)
  const reply = await call(by, 'applications', { csr, subscriberEmail: email, software: 'nginx' })
  const [row] = (reply.body as unknown as { applications: Row[] }).applications
  return row!
}

const portalOf = () => gateway.operator('portal')
const approve = (by: TestOperator, { id }: { id: string }, approval?: object) =>
  call(by, `applications/${id}/approve`, approval ? { approval } : {})

describe('revocations of an incident', () => {
  const revoke = { type: 'revoke', reason: '4' }

  it('are confirmed by another than who planned them, where two must look', async () => {
    const [planner, other] = [
      await gateway.operator('operator', careful),
      await gateway.operator('operator', careful),
    ]
    const pem = await makeCertificate({
      commonName: newName('careful.ac.jp'),
      issuer: 'Incident CA',
      notBefore: new Date(Date.now() - 86_400_000).toISOString(),
      notAfter: new Date(Date.now() + 86_400_000).toISOString(),
    })
    expect((await call(planner, 'certificates', { pem })).status).toBe(201)
    const planned = await call(planner, 'incidents', { criteria: { issuer: 'incident ca' }, action: revoke })
    const path = `incidents/${String(planned.body.id)}/confirm`
    expect((await call(planner, path, { count: 1 })).status).toBe(409)
    expect((await call(other, path, { count: 1 })).body).toEqual({ count: 1 })
  })
})

describe('approving an application', () => {
  it('lets the next one for the same names through, but none of another subscriber or profile', async () => {
    const [portal, operator] = [await portalOf(), await gateway.operator('operator')]
    const name = newName()
    const row = await apply(portal, name)
    expect(row.state).toBe('awaiting-approval')
    const approved = (await approve(operator, row)).body as unknown as Row
    expect(approved.approvalId).not.toBeNull()
    const made = await call(operator, `approvals/${approved.approvalId}`)
    expect(made.body).toMatchObject({
      names: [name],
      profiles: ['11'],
      subscriber: { email: 'jiro@example.ac.jp' },
      approvedBy: `operator:${operator.id}`,
      applicationId: row.id,
      live: true,
    })
    expect(await apply(portal, name)).toMatchObject({ approvalId: approved.approvalId })
    expect((await apply(portal, name, 'saburo@example.ac.jp')).state).toBe('awaiting-approval')
    expect((await apply(portal)).state).toBe('awaiting-approval')
  })

  it('only this once makes nothing lasting', async () => {
    const [portal, operator] = [await portalOf(), await gateway.operator('operator')]
    const name = newName()
    const { body } = await approve(operator, await apply(portal, name), { once: true })
    expect(body.approvalId).toBeNull()
    expect((await apply(portal, name)).state).toBe('awaiting-approval')
  })

  it('may approve more names, for as long as it says', async () => {
    const [portal, operator] = [await portalOf(), await gateway.operator('operator')]
    const until = new Date(Date.now() + 86_400_000).toISOString()
    const row = await apply(portal, newName('wide.example.ac.jp'))
    await approve(operator, row, { names: ['.wide.example.ac.jp'], until, anyProfile: true })
    expect((await apply(portal, newName('wide.example.ac.jp'))).state).not.toBe('awaiting-approval')
    const due = await call(operator, 'approvals?dueWithinDays=2&q=wide')
    expect(due.body.approvals).toMatchObject([{ validUntil: until, profiles: null }])
    expect((await call(operator, 'overview')).body).toMatchObject({ lapsingApprovals: { count: 1 } })
  })

  it.each([
    {
      name: 'names that leave out those of the application',
      approval: { names: ['a.example.ac.jp'] },
      status: 422,
    },
    { name: 'names of other domains', approval: { names: ['.example.com'] }, status: 422 },
    { name: 'an end in the past', approval: { until: '2020-01-01T00:00:00Z' }, status: 422 },
    { name: 'an unknown member', approval: { forever: true }, status: 400 },
  ])('is refused with $name: $status', async ({ approval, status }) => {
    const [portal, operator] = [await portalOf(), await gateway.operator('operator')]
    const row = await apply(portal)
    expect((await approve(operator, row, approval)).status).toBe(status)
    expect((await call(operator, `applications/${row.id}`)).body.state).toBe('awaiting-approval')
  })

  it('happens once when many press at once, and is recorded for one', async () => {
    const portal = await portalOf()
    const operators = await Promise.all([1, 2, 3].map(() => gateway.operator('operator')))
    const row = await apply(portal)
    const replies = await Promise.all(operators.map((operator) => approve(operator, row)))
    expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
    const { body } = await call(portal, `applications/${row.id}/decisions`)
    expect(body.decisions).toMatchObject([{ decision: 'approve', displayName: 'test operator' }])
    const approvals = await gateway.env.db
      .selectFrom('approvals')
      .select('id')
      .where('application_id', '=', row.id)
      .execute()
    expect(approvals).toHaveLength(1)
  })

  it.each(['disabled', 'made an auditor', 'without his token'])(
    'is not to be had from an operator who was let in and is then %s',
    async (fate) => {
      const [portal, administrator] = [await portalOf(), await gateway.operator('administrator')]
      const operator = await gateway.operator('operator')
      const row = await apply(portal)
      const letIn = await callerOfToken(gateway.env.db, operator.token, new Date())
      if (typeof letIn === 'string') throw new Error(letIn)
      const changes: Record<string, object> = {
        disabled: { disabled: true },
        'made an auditor': { role: 'auditor' },
      }
      if (changes[fate])
        await gateway.http
          .patch(`/v1/operators/${operator.id}`)
          .set('authorization', `Bearer ${administrator.token}`)
          .send(changes[fate])
      else await call(operator, `tokens/${String(letIn.tokenId)}/revoke`, {})
      const late = decideApplication(gateway.env, row.id, { decision: 'approve', by: letIn })
      await expect(late).rejects.toMatchObject({ problem: 'notAllowed' })
      expect((await call(portal, `applications/${row.id}`)).body.state).toBe('awaiting-approval')
    },
  )
})

describe('many decisions in one request', () => {
  it('tell of each what became of it, and hinder no other', async () => {
    const [portal, operator] = [await portalOf(), await gateway.operator('operator')]
    const rows = [await apply(portal), await apply(portal)]
    const unknown = '01a204eb-3bfd-7599-894a-e1539f939660'
    const ids = [rows[0]!.id, unknown, rows[1]!.id]
    const { status, body } = await call(operator, 'applications/decisions', {
      decision: 'reject',
      reason: 'まだ使われていないホストです',
      ids,
    })
    expect([status, body.results]).toMatchObject([
      200,
      [
        { id: ids[0], application: { state: 'rejected' } },
        { id: unknown, problem: { status: 404 } },
        { id: ids[2], application: { state: 'rejected' } },
      ],
    ])
    const again = await call(operator, 'applications/decisions', {
      decision: 'approve',
      ids: [ids[0]],
    })
    expect(again.body.results).toMatchObject([{ problem: { status: 409 } }])
  })

  it.each([
    {
      name: 'a rejection without a reason',
      body: { decision: 'reject', ids: ['01a204eb-3bfd-7599-894a-e1539f939660'] },
    },
    { name: 'no ids', body: { decision: 'approve', ids: [] } },
  ])('refuse $name', async ({ body }) => {
    const operator = await gateway.operator('operator')
    expect((await call(operator, 'applications/decisions', body)).status).toBe(400)
  })
})

describe('where two must approve', () => {
  it('the second of two others lets it through', async () => {
    const [portal, a, b] = [
      await gateway.operator('portal', careful),
      await gateway.operator('operator', careful),
      await gateway.operator('operator', careful),
    ]
    const row = await apply(portal, newName('careful.ac.jp'))
    expect((await approve(a, row)).body.state).toBe('awaiting-approval')
    expect((await approve(a, row)).body.state).toBe('awaiting-approval')
    expect((await approve(b, row)).body.state).not.toBe('awaiting-approval')
    const { body } = await call(a, `applications/${row.id}/decisions`)
    expect((body.decisions as { actor: string }[]).map(({ actor }) => actor)).toEqual([
      `operator:${a.id}`,
      `operator:${b.id}`,
    ])
  })

  it('the requester is not one of them, with whatever token, and his own application waits', async () => {
    const [a, b, c] = [
      await gateway.operator('operator', careful),
      await gateway.operator('operator', careful),
      await gateway.operator('operator', careful),
    ]
    const row = await apply(a, newName('careful.ac.jp'))
    expect(row.state).toBe('awaiting-approval')
    const second = await call(a, 'tokens', { name: 'second', scopes: ['*'] })
    const again = { id: a.id, token: second.body.value as string }
    expect((await approve(again, row)).status).toBe(403)
    await approve(b, row)
    expect((await approve(c, row)).body.state).not.toBe('awaiting-approval')
  })

  it.each([
    ['was disabled', { disabled_at: new Date() }],
    ['was made an auditor', { role: 'auditor' as const }],
  ])('the word of one who %s since counts no more, and again once that is undone', async (_, change) => {
    const [portal, a, b] = [
      await gateway.operator('portal', careful),
      await gateway.operator('operator', careful),
      await gateway.operator('operator', careful),
    ]
    const row = await apply(portal, newName('careful.ac.jp'))
    await approve(a, row)
    const set = (to: object) =>
      gateway.env.db.updateTable('operators').set(to).where('id', '=', a.id).execute()
    await set(change)
    expect((await approve(b, row)).body.state).toBe('awaiting-approval')
    await set({ disabled_at: null, role: 'operator' })
    expect((await approve(b, row)).body.state).not.toBe('awaiting-approval')
  })

  it('one alone approves nothing lasting, neither by hand nor by more names', async () => {
    const [portal, a, b] = [
      await gateway.operator('portal', careful),
      await gateway.operator('operator', careful),
      await gateway.operator('operator', careful),
    ]
    const input = { subscriber: { email: 'jiro@example.ac.jp' }, names: ['.careful.ac.jp'] }
    expect((await call(a, 'approvals', input)).status).toBe(403)
    expect((await call(await gateway.operator('administrator', careful), 'approvals', input)).status).toBe(
      201,
    )
    const row = await apply(portal, newName('careful.ac.jp'), 'shiro@example.ac.jp')
    await approve(a, row)
    expect((await approve(b, row, { names: ['.careful.ac.jp'] })).status).toBe(422)
  })
})

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

describe('where two must approve, the narrower word holds', () => {
  it.each([
    { first: { once: true }, second: undefined, lasts: undefined },
    { first: undefined, second: { once: true }, lasts: undefined },
    { first: { until: inDays(10) }, second: undefined, lasts: 10 },
    { first: { until: inDays(10) }, second: { until: inDays(20) }, lasts: 10 },
    { first: { until: inDays(20) }, second: { until: inDays(10) }, lasts: 10 },
    { first: undefined, second: undefined, lasts: 365 },
  ])('of $first and $second: $lasts days', async ({ first, second, lasts }) => {
    const [portal, a, b] = [
      await gateway.operator('portal', careful),
      await gateway.operator('operator', careful),
      await gateway.operator('operator', careful),
    ]
    const row = await apply(portal, newName('careful.ac.jp'), 'goro@example.ac.jp')
    expect((await approve(a, row, first)).body.state).toBe('awaiting-approval')
    expect((await approve(b, row, second)).status).toBe(200)
    const approval = await gateway.env.db
      .selectFrom('approvals')
      .select('valid_until')
      .where('application_id', '=', row.id)
      .executeTakeFirst()
    const days = approval && Math.round((Number(approval.valid_until) - Date.now()) / 86_400_000)
    expect(days).toBe(lasts)
    const { body } = await call(a, `applications/${row.id}/decisions`)
    const said = (choice: { once?: boolean; until?: string } = {}) => ({
      once: false,
      until: null,
      ...choice,
    })
    expect(body.decisions).toMatchObject([said(first), said(second)])
  })

  it.each([
    [{ anyProfile: true }, 422],
    [{ names: ['.careful.ac.jp'] }, 422],
    [{ until: inDays(366) }, 422],
    [{ until: inDays(364) }, 200],
  ])('the first is told when he wants more than the application: %j gets %i', async (choice, status) => {
    const portal = await gateway.operator('portal', careful)
    const row = await apply(portal, newName('careful.ac.jp'), 'rokuro@example.ac.jp')
    const a = await gateway.operator('operator', careful)
    expect((await approve(a, row, choice)).status).toBe(status)
    const { body } = await call(a, `applications/${row.id}/decisions`)
    expect(body.decisions).toHaveLength(status === 200 ? 1 : 0)
  })
})

describe('the second of two who must approve', () => {
  it.each([
    [{ anyProfile: true }, 422],
    [{ until: null }, 422],
    [{ until: inDays(366) }, 422],
    [{ until: inDays(364) }, 200],
    [{ anyProfile: false }, 200],
    [{ once: true, anyProfile: true, until: null }, 200],
  ])('alone makes nothing wider or longer than the first has seen: %j gets %i', async (choice, status) => {
    const [portal, a, b] = [
      await gateway.operator('portal', careful),
      await gateway.operator('operator', careful),
      await gateway.operator('operator', careful),
    ]
    const row = await apply(portal, newName('careful.ac.jp'), 'saburo@example.ac.jp')
    await approve(a, row)
    expect((await approve(b, row, choice)).status).toBe(status)
  })
})

describe('an approver of a department', () => {
  const approverOf = async (...patterns: string[]) => {
    const administrator = await gateway.operator('administrator')
    const { body } = await call(administrator, 'departments', { name: newName(), names: patterns })
    return gateway.operator('approver', { department: body.id as string })
  }

  it('sees and decides what lies below its names, and nothing else', async () => {
    const portal = await portalOf()
    const approver = await approverOf('.lab.example.ac.jp')
    const [inside, outside, alike] = [
      await apply(portal, newName('lab.example.ac.jp')),
      await apply(portal),
      await apply(portal, newName('evillab.example.ac.jp')),
    ]
    const { body } = await call(approver, 'applications?limit=200')
    expect((body as unknown as { applications: Row[] }).applications.map(({ id }) => id)).toEqual([inside.id])
    for (const row of [outside, alike]) {
      expect((await call(approver, `applications/${row.id}`)).status).toBe(404)
      expect((await approve(approver, row)).status).toBe(404)
    }
    expect((await call(approver, 'overview')).body).toMatchObject({
      applications: [{ state: 'awaiting-approval', count: 1 }],
      batches: [],
    })
    expect((await approve(approver, inside)).status).toBe(200)
  })

  it('does not decide about names of others beside its own', async () => {
    const portal = await portalOf()
    const approver = await approverOf('.mixed.example.ac.jp')
    const name = newName('mixed.example.ac.jp')
    const csr = await sampleCsr(name)
    const reply = await call(portal, 'applications', {
      csr,
      dnsNames: [name, newName()],
      subscriberEmail: 'jiro@example.ac.jp',
      software: 'nginx',
    })
    const [row] = (reply.body as unknown as { applications: Row[] }).applications
    expect((await approve(approver, row!)).status).toBe(403)
  })

  it('sees lasting approvals of its names, and no others by their id either', async () => {
    const domain = newName()
    const [approver, operator] = [await approverOf(`.${domain}`), await gateway.operator('operator')]
    const make = async (...patterns: string[]) => {
      const input = { subscriber: { email: 'goro@example.ac.jp' }, names: patterns }
      return String((await call(operator, 'approvals', input)).body.id)
    }
    const [inside, beside] = [
      await make(`.${domain}`, `www.${domain}`),
      await make(`.${domain}`, 'www.example.ac.jp'),
    ]
    const { body } = await call(approver, 'approvals')
    expect((body as unknown as { approvals: Row[] }).approvals.map(({ id }) => id)).toEqual([inside])
    expect((await call(approver, `approvals/${inside}`)).status).toBe(200)
    expect((await call(approver, `approvals/${beside}`)).status).toBe(404)
  })

  it('approves no names beyond the department', async () => {
    const portal = await portalOf()
    const approver = await approverOf('.narrow.example.ac.jp')
    const row = await apply(portal, newName('narrow.example.ac.jp'))
    expect((await approve(approver, row, { names: ['.example.ac.jp'] })).status).toBe(403)
    expect((await approve(approver, row, { names: ['.narrow.example.ac.jp'] })).status).toBe(200)
  })
})

describe('a lasting approval', () => {
  const input = { subscriber: { email: 'goro@example.ac.jp' }, names: ['.goro.example.ac.jp'] }
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

  it('is made before anybody applies, renewed before it lapses, and ended', async () => {
    const [portal, operator] = [await portalOf(), await gateway.operator('operator')]
    const made = await call(operator, 'approvals', { ...input, validUntil: inDays(5) })
    expect(made.status).toBe(201)
    const path = `approvals/${String(made.body.id)}`
    const next = () => apply(portal, newName('goro.example.ac.jp'), 'goro@example.ac.jp')
    expect((await next()).approvalId).toBe(made.body.id)
    const validUntil = inDays(400)
    const renewed = await call(operator, `${path}/renew`, { validUntil })
    expect(renewed.body).toMatchObject({ validUntil, renewedBy: `operator:${operator.id}`, live: true })
    const ended = await call(operator, `${path}/revoke`, {})
    expect(ended.body).toMatchObject({ live: false, endedAt: expect.any(String) })
    expect((await call(operator, `${path}/revoke`, {})).body).toEqual(ended.body)
    expect((await call(operator, `${path}/renew`, { validUntil })).status).toBe(409)
    expect((await next()).state).toBe('awaiting-approval')
  })

  it('is read by auditors, changed by operators, and of another organisation unknown', async () => {
    const [operator, auditor] = [await gateway.operator('operator'), await gateway.operator('auditor')]
    const stranger = await gateway.operator('administrator', { organisation: 'other' })
    const { body } = await call(operator, 'approvals', input)
    const path = `approvals/${String(body.id)}`
    expect((await call(auditor, path)).status).toBe(200)
    expect((await call(auditor, `${path}/revoke`, {})).status).toBe(403)
    expect((await call(stranger, path)).status).toBe(404)
    expect((await call(stranger, `${path}/revoke`, {})).status).toBe(404)
    expect((await call(stranger, `${path}/renew`, { validUntil: inDays(1) })).status).toBe(404)
    expect((await call(stranger, 'approvals')).body).toEqual({ approvals: [], next: null })
  })
})

describe('GET /v1/applications', () => {
  it('finds by states, kind, text, applicant, department and time', async () => {
    const [portal, operator] = [await portalOf(), await gateway.operator('operator')]
    const name = newName('find.example.ac.jp')
    const row = await apply(portal, name, 'rokuro@example.ac.jp')
    const administrator = await gateway.operator('administrator')
    const department = await call(administrator, 'departments', {
      name: newName(),
      names: ['.find.example.ac.jp'],
    })
    const found = async (query: string) => {
      const { body, text } = await call(operator, `applications?${query}`)
      return (body as unknown as { applications?: Row[] }).applications?.map(({ id }) => id) ?? text
    }
    const past = encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString())
    const future = encodeURIComponent(new Date(Date.now() + 3_600_000).toISOString())
    for (const query of [
      `createdBy=operator:${portal.id}`,
      'q=ROKURO@',
      'q=find.example',
      `state=queued,awaiting-approval&q=rokuro`,
      'kind=server-issue,server-renew&q=rokuro',
      `department=${String(department.body.id)}`,
      `from=${past}&to=${future}&q=rokuro`,
    ])
      expect([query, await found(query)]).toEqual([query, [row.id]])
    for (const query of [
      'state=issued&q=rokuro',
      'kind=server-revoke&q=rokuro',
      `from=${future}`,
      `to=${past}`,
    ])
      expect([query, await found(query)]).toEqual([query, []])
    const oldest = (await found('order=oldest&limit=2')) as string[]
    expect(oldest).toEqual([...oldest].sort())
    expect((await call(operator, 'applications?state=none')).status).toBe(400)
  })
})

describe('GET /v1/statistics', () => {
  it('counts by month, and gives a file for the yearly report', async () => {
    const auditor = await gateway.operator('auditor')
    const { body } = await call(auditor, 'statistics?from=2020-04&to=2021-03')
    expect(body.months).toHaveLength(12)
    expect((body.months as object[])[0]).toEqual({
      month: '2020-04',
      issued: 0,
      revoked: 0,
      expiring: 0,
      valid: 0,
      medianSecondsToIssue: null,
      p90SecondsToIssue: null,
    })
    const csv = await gateway.http
      .get('/v1/statistics?from=2020-04&to=2020-05')
      .set({ authorization: `Bearer ${auditor.token}`, accept: 'text/csv' })
    expect(csv.text).toMatch(/^\uFEFF年月,.*\r\n2020-04,0,0,0,0,,\r\n2020-05,0,0,0,0,,\r\n$/)
  })

  it.each([
    { query: 'from=2020-04&to=2020-03', status: 400 },
    { query: 'from=2010-04&to=2020-03', status: 200 },
    { query: 'from=2010-03&to=2020-03', status: 400 },
    { query: 'from=2020-13', status: 400 },
  ])('with $query answers $status', async ({ query, status }) => {
    const auditor = await gateway.operator('auditor')
    expect((await call(auditor, `statistics?${query}`)).status).toBe(status)
  })

  it('counts a certificate in the month of Japan that its validity begins in', async () => {
    const [portal, auditor] = [await portalOf(), await gateway.operator('auditor')]
    const row = await apply(portal)
    const at = (text: string) => new Date(text)
    await gateway.env.db
      .insertInto('certificates')
      .values({
        serial: '4711',
        organisation: 'example',
        application_id: row.id,
        common_name: 'stat.example.ac.jp',
        subject_dn: '',
        names: ['stat.example.ac.jp'],
        pem: '',
        chain_pem: '',
        status: 'valid',
        not_before: at('2015-03-31T15:00:00Z'),
        not_after: at('2015-05-31T14:59:59Z'),
        created_at: new Date(Date.now() + 60_000),
      })
      .execute()
    const { body } = await call(auditor, 'statistics?from=2015-03&to=2015-06')
    expect(body.months).toMatchObject([
      { month: '2015-03', issued: 0, valid: 0 },
      { month: '2015-04', issued: 1, valid: 1, expiring: 0 },
      { month: '2015-05', issued: 0, valid: 0, expiring: 1 },
      { month: '2015-06', issued: 0, valid: 0, expiring: 0 },
    ])
  })
})
