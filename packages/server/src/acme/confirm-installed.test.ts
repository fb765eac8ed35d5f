/** The word of a client that its new certificate is in use, against the real gateway. Source: docs/acme-divergences.md. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, outcomeOf, urlOf } from '../testing/acme-client.js'
import { sendingNothing, startTestGateway, type TestGateway } from '../testing/gateway.js'
import { type Issued, issueFor } from '../testing/issue.js'

let gateway: TestGateway
let client: AcmeClient
beforeAll(async () => {
  gateway = await startTestGateway({ change: sendingNothing })
  client = await AcmeClient.registered(gateway)
})
afterAll(async () => {
  await client.close()
  await gateway.close()
})

let counter = 0

/** A certificate and the one that replaced it, as a report leaves them. */
async function renewed(): Promise<{ old: Issued; now: Issued }> {
  const names = [`seen${++counter}.example.ac.jp`]
  const [old, now] = [await issueFor(gateway, client, names), await issueFor(gateway, client, names)]
  const change = (serial: string, row: object) =>
    gateway.env.db.updateTable('certificates').set(row).where('serial', '=', serial).execute()
  await change(old.serial, { status: 'replaced' })
  await change(now.serial, { replaces_serial: old.serial })
  return { old, now }
}

const orderUrl = ({ order }: Issued) => urlOf(order)
const confirmUrl = async (issued: Issued) =>
  ((await client.post(orderUrl(issued), '')).body as { upki: { confirmInstalled: string } }).upki
    .confirmInstalled

const revocationsOf = async (serial: string) => {
  const rows = await gateway.env.db
    .selectFrom('applications')
    .selectAll()
    .where('kind', '=', 'server-revoke')
    .execute()
  return rows.filter(({ fields }) => fields.serial === serial).map(({ fields }) => fields.revocationReason)
}

describe('confirming an installation', () => {
  it('applies once for the revocation of the certificate that was replaced, and says whose word it was', async () => {
    const { old, now } = await renewed()
    const url = await confirmUrl(now)
    for (let time = 0; time < 2; time++) {
      const reply = await client.post(url, { seenLive: true })
      expect(reply).toMatchObject({ status: 200, body: { seenLive: true, replaced: old.serial } })
    }
    expect(await revocationsOf(old.serial)).toEqual(['4'])
    const audit = await gateway.env.db
      .selectFrom('audit_log')
      .select(['action', 'actor'])
      .where('subject', 'in', [old.serial, now.serial])
      .where('action', 'like', 'certificate.%')
      .execute()
    expect(audit.map(({ action }) => action)).toContain('certificate.seen-live')
    expect(new Set(audit.map(({ actor }) => actor))).toEqual(
      new Set([`account:${client.kid!.split('/').at(-1)!}`]),
    )
  })

  it('answers the same when the certificate that was replaced is revoked by then', async () => {
    const { old, now } = await renewed()
    const url = await confirmUrl(now)
    const first = await client.post(url, { seenLive: true })
    await gateway.env.db
      .updateTable('certificates')
      .set({ status: 'revoked' })
      .where('serial', '=', old.serial)
      .execute()
    const second = await client.post(url, { seenLive: true })
    expect([first.body, second.body]).toEqual(Array(2).fill({ seenLive: true, replaced: old.serial }))
  })

  it('of a first certificate revokes nothing', async () => {
    const first = await issueFor(gateway, client, [`seen${++counter}.example.ac.jp`])
    const reply = await client.post(await confirmUrl(first), { seenLive: true })
    expect(reply.body).toEqual({ seenLive: true })
  })

  it.each([{ payload: {} }, { payload: { seenLive: false } }])('refuses $payload', async ({ payload }) => {
    const { now, old } = await renewed()
    expect(outcomeOf(await client.post(await confirmUrl(now), payload))).toContain('malformed')
    expect(await revocationsOf(old.serial)).toEqual([])
  })

  it('is not offered before there is a certificate, and refused', async () => {
    const order = await client.order([`seen${++counter}.example.ac.jp`])
    expect(order.body.upki).not.toHaveProperty('confirmInstalled')
    const url = `${urlOf(order)}/confirm-installed`
    expect(outcomeOf(await client.post(url, { seenLive: true }))).toContain('orderNotReady')
  })

  it('is refused to other accounts', async () => {
    const { now, old } = await renewed()
    const url = await confirmUrl(now)
    const other = await AcmeClient.registered(gateway)
    const reply = await other.post(url, { seenLive: true })
    await other.close()
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(await revocationsOf(old.serial)).toEqual([])
  })
})
