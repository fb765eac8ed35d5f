/** revokeCert against the real gateway (RFC 8555 §7.6). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, makeSigner, outcomeOf, type Signer } from '../testing/acme-client.js'
import { makeEab } from '../testing/eab.js'
import { sendingNothing, startTestGateway, type TestGateway } from '../testing/gateway.js'
import { type Issued, issueFor } from '../testing/issue.js'
import { spkiSha256 } from './jws/account-key.js'

const blockedKeys = new Set<string>()
let gateway: TestGateway
let client: AcmeClient

beforeAll(async () => {
  gateway = await startTestGateway({
    change: (config) => ({ ...sendingNothing(config), blockedKeys }),
  })
  client = await AcmeClient.registered(gateway)
})
afterAll(async () => {
  await client.close()
  await gateway.close()
})

let counter = 0
const issued = (notAfter?: Date): Promise<Issued> =>
  issueFor(gateway, client, [`revoked${++counter}.example.ac.jp`], notAfter)

const revoke = (payload: unknown, by = client) => by.post(by.url('revoke-cert'), payload)

/** Signed by a key in the header instead of an account. */
const revokeByKey = async (payload: unknown, signer: Signer) => {
  const url = client.url('revoke-cert')
  return client.send(url, await client.sign(url, payload, { kid: undefined, jwk: signer.jwk }, signer))
}

const revocationsOf = (serial: string) =>
  gateway.env.db
    .selectFrom('applications')
    .selectAll()
    .where('kind', '=', 'server-revoke')
    .orderBy('id')
    .execute()
    .then((rows) => rows.filter(({ fields }) => fields.serial === serial))

describe('revokeCert', () => {
  it('makes an application for the account that ordered the certificate, and records who did it', async () => {
    const { certificate, serial } = await issued()
    expect(outcomeOf(await revoke({ certificate, reason: 4 }))).toBe('200')
    const [row, ...more] = await revocationsOf(serial)
    expect(more).toEqual([])
    expect(row).toMatchObject({ state: 'queued', fields: { serial, revocationReason: '4' } })
    const audit = await gateway.env.db
      .selectFrom('audit_log')
      .selectAll()
      .where('subject', '=', serial)
      .execute()
    expect(audit).toMatchObject([
      {
        action: 'certificate.revoke',
        actor: `account:${client.kid!.split('/').at(-1)!}`,
        detail: { reason: 4, application: row?.id },
      },
    ])
  })

  it('is done by the key of the certificate', async () => {
    const { certificate, serial, signer } = await issued()
    expect(outcomeOf(await revokeByKey({ certificate, reason: 1 }, signer))).toBe('200')
    expect(await revocationsOf(serial)).toHaveLength(1)
  })

  it('is done by the key of the certificate also when others know that key', async () => {
    const { certificate, serial, signer } = await issued()
    blockedKeys.add(spkiSha256(signer.jwk))
    expect(outcomeOf(await revokeByKey({ certificate, reason: 1 }, signer))).toBe('200')
    expect(await revocationsOf(serial)).toHaveLength(1)
  })

  it('is done by another account that is authorized for all its names', async () => {
    const { certificate, serial, order } = await issued()
    const other = await AcmeClient.registered(gateway)
    expect(outcomeOf(await revoke({ certificate }, other))).toBe('403 unauthorized')
    await other.order((order.body.identifiers as { value: string }[]).map(({ value }) => value))
    expect(outcomeOf(await revoke({ certificate }, other))).toBe('200')
    expect((await revocationsOf(serial))[0]?.fields.revocationReason).toBe('0')
    await other.close()
  })

  it('is refused for an account whose approval has ended, though its authorizations last', async () => {
    const { certificate, serial, order } = await issued()
    const eab = await makeEab(gateway)
    const other = await AcmeClient.open(gateway)
    await other.register(eab)
    await other.order((order.body.identifiers as { value: string }[]).map(({ value }) => value))
    await gateway.env.db
      .updateTable('approvals')
      .set({ revoked_at: new Date() })
      .where('id', '=', eab.approvalId)
      .execute()
    expect(outcomeOf(await revoke({ certificate }, other))).toBe('403 unauthorized')
    expect(await revocationsOf(serial)).toEqual([])
    await other.close()
  })

  it('is refused for the key of another certificate', async () => {
    const [one, two] = [await issued(), await issued()]
    const reply = await revokeByKey({ certificate: one.certificate }, two.signer)
    expect(outcomeOf(reply)).toBe('403 unauthorized')
    expect(outcomeOf(await revokeByKey({ certificate: one.certificate }, await makeSigner()))).toBe(
      '403 unauthorized',
    )
    expect(await revocationsOf(one.serial)).toEqual([])
  })

  it('is refused the second time', async () => {
    const { certificate, serial } = await issued()
    await revoke({ certificate })
    expect(outcomeOf(await revoke({ certificate }))).toBe('400 alreadyRevoked')
    expect(await revocationsOf(serial)).toHaveLength(1)
  })

  it.each([
    { whose: 'a portal’s, for which an operator has to be asked', change: {} },
    { whose: 'another organisation’s', change: { organisation: 'other', state: 'queued' as const } },
  ])('does not wait for a revocation that is $whose', async ({ change }) => {
    const { certificate, serial } = await issued()
    const portal = await gateway.token(['applications:write'])
    await gateway.http
      .post(`/v1/certificates/${serial}/revoke`)
      .set('authorization', `Bearer ${portal}`)
      .send({ reason: '4' })
    const [waiting] = await revocationsOf(serial)
    expect(waiting?.state).toBe('awaiting-approval')
    if (change.state)
      await gateway.env.db.updateTable('applications').set(change).where('id', '=', waiting!.id).execute()
    expect(outcomeOf(await revoke({ certificate, reason: 1 }))).toBe('200')
    const [, own] = await revocationsOf(serial)
    expect(own).toMatchObject({ organisation: 'example', state: 'queued' })
    expect(outcomeOf(await revoke({ certificate, reason: 1 }))).toBe('400 alreadyRevoked')
  })

  it('makes one application of many requests at once', async () => {
    const { certificate, serial } = await issued()
    const replies = await Promise.all(Array.from({ length: 8 }, () => revoke({ certificate })))
    expect(replies.map(outcomeOf).sort()).toEqual([
      '200',
      ...Array.from({ length: 7 }, () => '400 alreadyRevoked'),
    ])
    expect(await revocationsOf(serial)).toHaveLength(1)
  })

  it('may be asked for again when the service refused it', async () => {
    const { certificate, serial } = await issued()
    await revoke({ certificate })
    const [row] = await revocationsOf(serial)
    await gateway.env.db
      .updateTable('applications')
      .set({ state: 'failed' })
      .where('id', '=', row?.id ?? '')
      .execute()
    expect(outcomeOf(await revoke({ certificate }))).toBe('200')
  })

  it('is done once by the key of a certificate of a person too', async () => {
    const { certificate, serial, signer } = await issued()
    await gateway.env.db
      .updateTable('certificates')
      .set({ category: 'client' })
      .where('serial', '=', serial)
      .execute()
    const outcomes = [await revokeByKey({ certificate }, signer), await revokeByKey({ certificate }, signer)]
    expect(outcomes.map(outcomeOf)).toEqual(['200', '400 alreadyRevoked'])
  })

  it.each([0, 1, 3, 4, 5])('takes reason %j', async (reason) => {
    const { certificate, serial } = await issued()
    expect(outcomeOf(await revoke({ certificate, reason }))).toBe('200')
    expect((await revocationsOf(serial))[0]?.fields.revocationReason).toBe(String(reason))
  })

  it.each([
    [2, 'badRevocationReason'],
    [6, 'badRevocationReason'],
    [7, 'badRevocationReason'],
    [10, 'badRevocationReason'],
    [-1, 'badRevocationReason'],
    ['1', 'malformed'],
    [1.5, 'malformed'],
    [null, 'malformed'],
  ])('refuses reason %j as %s', async (reason, problem) => {
    const { certificate, serial } = await issued()
    expect(outcomeOf(await revoke({ certificate, reason }))).toBe(`400 ${problem}`)
    expect(await revocationsOf(serial)).toEqual([])
  })

  it.each([
    ['garbage', () => Buffer.from('garbage').toString('base64url'), '400 malformed'],
    ['no base64url', () => '*', '400 malformed'],
    [
      'PEM inside',
      (der: Buffer) => Buffer.from(der.toString('base64')).toString('base64url'),
      '400 malformed',
    ],
    [
      'bytes behind the DER',
      (der: Buffer) => Buffer.concat([der, Buffer.from([0])]).toString('base64url'),
      '400 malformed',
    ],
    // The last byte belongs to the signature: the same serial, but not what was issued.
    [
      'another signature',
      (der: Buffer) =>
        Buffer.concat([der.subarray(0, -1), Buffer.from([der.at(-1)! ^ 1])]).toString('base64url'),
      '404 malformed',
    ],
  ])('refuses %s', async (_name, change, outcome) => {
    const { certificate, serial } = await issued()
    const reply = await revoke({ certificate: change(Buffer.from(certificate, 'base64url')) })
    expect(outcomeOf(reply)).toBe(outcome)
    expect(await revocationsOf(serial)).toEqual([])
  })

  it('refuses a certificate that has expired', async () => {
    const { certificate } = await issued(new Date(Date.now() - 500))
    expect(outcomeOf(await revoke({ certificate }))).toBe('400 malformed')
  })
})
