import { beforeAll, describe, expect, it } from 'vitest'
import { checkApplications } from '../check/index.js'
import type { ReportRow } from '../report/index.js'
import { makeCertificate } from '../testing/make-certificate.js'
import { organisation } from '../testing/sample.js'
import { familyOfProfile, readCertificate, renewalOf, revocationOf, selectRows } from './index.js'

const now = new Date('2026-06-01T00:00:00Z')

const makeIssued = (issuer: string, notBefore: string, notAfter = '2027-01-01'): Promise<string> =>
  makeCertificate({ issuer, notBefore, notAfter, organizationName: 'Example, Inc. University' })

let g7 = ''
const row = (changes: Partial<ReportRow>): ReportRow => ({
  ...(Object.fromEntries(
    [
      'applicationId',
      'profileId',
      'statusCode',
      'subscriberName',
      'subscriberDepartment',
      'subscriberEmail',
      'fqdn',
    ]
      .concat([
        'software',
        'csr',
        'dnsNames',
        'notBefore',
        'notAfter',
        'oldSerial',
        'errorCode',
        'submittedAt',
      ])
      .concat(['completedAt', 'revocationReason', 'revokedAt', 'downloadType'])
      .map((name) => [name, '']),
  ) as unknown as ReportRow),
  subjectDn: 'CN=www.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP',
  status: 'issued',
  serial: '255',
  certificatePem: g7,
  ...changes,
})

beforeAll(async () => {
  g7 = await makeIssued('NII Open Domain CA - G7 RSA', '2026-01-10')
})

describe('readCertificate', () => {
  it('gives the DN in the order of the TSV, commas in values kept, and the serial in decimal', () => {
    expect(readCertificate(g7)).toMatchObject({
      subjectDn: 'CN=www.example.ac.jp,O=Example, Inc. University,L=Chiyoda-ku,ST=Tokyo,C=JP',
      serial: '62619332934935910747746520067307416637',
      issuer: 'NII Open Domain CA - G7 RSA',
      dnsNames: ['www.example.ac.jp'],
    })
  })
})

describe('selectRows', () => {
  it('chooses by authority, moment of issue and what is still in force', async () => {
    const g8 = await makeIssued('NII Open Domain CA - G8 RSA', '2026-01-10')
    const early = await makeIssued('NII Open Domain CA - G7 RSA', '2025-12-31')
    const ended = await makeIssued('NII Open Domain CA - G7 RSA', '2026-01-10', '2026-05-31')
    const rows = [
      row({ applicationId: 'meant' }),
      row({ applicationId: 'replaced', status: 'replaced' }),
      row({ applicationId: 'revoked', status: 'revoked' }),
      row({ applicationId: 'other authority', certificatePem: g8 }),
      row({ applicationId: 'too early', certificatePem: early }),
      row({ applicationId: 'ended', certificatePem: ended }),
      row({ applicationId: 'no certificate', certificatePem: '' }),
    ]
    const since = new Date('2026-01-01')
    const { rows: selected, untold } = selectRows(rows, { issuer: 'G7', since, now })
    expect(selected.map(({ applicationId }) => applicationId)).toEqual(['meant', 'replaced'])
    expect(untold.map(({ applicationId }) => applicationId)).toEqual(['no certificate'])
    expect(selectRows(rows, { until: since, now }).rows.map(({ applicationId }) => applicationId)).toEqual([
      'too early',
    ])
  })

  it('takes rows that are named by serial without a certificate to tell them by, never ended ones', () => {
    const rows = [
      row({ serial: '1', certificatePem: '' }),
      row({ serial: '2' }),
      row({ serial: '3' }),
      row({ serial: '4', status: 'revoked' }),
    ]
    const chosen = selectRows(rows, { serials: ['1', '2', '4'], now })
    expect([chosen.rows.map(({ serial }) => serial), chosen.untold]).toEqual([['1', '2'], []])
    const ofG7 = selectRows(rows, { serials: ['1', '2', '4'], issuer: 'G7', now })
    expect([ofG7.rows, ofG7.untold].map((some) => some.map(({ serial }) => serial))).toEqual([['2'], ['1']])
  })
})

describe('revocationOf', () => {
  it.each(['server', 'client', 'acme'] as const)('makes a %s revocation that passes the check', (family) => {
    const application = revocationOf(row({}), { reason: '4', comment: '更新のため' }, family)
    expect([application.kind, checkApplications([application], { organisation })]).toEqual([
      `${family}-revoke`,
      [],
    ])
  })
})

describe('familyOfProfile', () => {
  it.each([
    ['3', 'server'],
    ['11', 'server'],
    ['5', 'client'],
    ['14', 'client'],
    ['7', 'smime'],
    ['16', 'smime'],
    ['', 'server'],
  ])('of %s is %s', (profileId, family) => {
    expect(familyOfProfile(profileId)).toBe(family)
  })
})

describe('renewalOf', () => {
  it('of a person repeats what is on record, and takes what no report holds', () => {
    const subjectDn = 'CN=u1,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'
    const known = { subjectDn, profileId: '13', downloadType: '1', subscriberName: '国立 太郎' }
    const person = {
      ...{ userName: '試験 花子', userEmail: 'hanako@example.ac.jp', p12FileName: 'u1-2' },
      subscriberEmail: 'taro@example.ac.jp',
    }
    const { kind, fields } = renewalOf(row(known), person)
    expect([kind, checkApplications([{ kind: 'client-renew', fields }], { organisation })]).toEqual([
      'client-renew',
      [],
    ])
    expect(fields).toMatchObject({ serial: '255', downloadType: '1', subscriberName: '国立 太郎' })
  })

  it('repeats what is on record and asks for a new CSR', () => {
    const given = {
      fqdn: 'www.example.ac.jp',
      profileId: '3',
      software: 'nginx',
      subscriberEmail: 'a@example.ac.jp',
    }
    const { kind, fields } = renewalOf(row(given))
    const findings = checkApplications([{ kind: 'server-renew', fields }], { organisation })
    expect([kind, fields.serial, findings.map(({ code, field }) => [code, field])]).toEqual([
      'server-renew',
      '255',
      [['required', 'csr']],
    ])
  })
})
