/** A university in the middle of its work: something of everything that the pages show. */
import { makeCertificate } from '@upki-gateway/shared/testing'
import { apply, csrFor, end } from '../../support/applications.js'
import type { Reached } from '../../support/system.js'
import { obtain } from './acme.js'
import { openPortal } from './portal.js'
import { post } from './post.js'

const day = 86_400_000
const inDays = (days: number): string => new Date(Date.now() + days * day).toISOString()

/** Certificates that the university had before, by the days that they are still valid. */
const inventory: readonly (readonly [name: string, days: number])[] = [
  ['mail', 3],
  ['vpn', 6],
  ['library', 12],
  ['opac', 13],
  ['moodle', 27],
  ['idp', 29],
  ['sso', 41],
  ['www.eng', 58],
  ['www.med', 58],
  ['cloud', 73],
  ['git', 90],
  ['wiki', 101],
  ['radius', 118],
  ['repository', 126],
  ['survey', 154],
  ['portal', 160],
  ['ldap', 171],
  ['syllabus', 188],
]

async function enterInventory(system: Reached): Promise<void> {
  for (const [index, [name, days]] of inventory.entries()) {
    const pem = await makeCertificate({
      commonName: `${name}.example.ac.jp`,
      issuer: 'NII Open Domain CA - G7 ECC',
      notBefore: inDays(days - 198),
      notAfter: inDays(days),
      serialNumber: `4a${(0x9d3e4455667788990a1b2c3d0000n + BigInt(index * 7919)).toString(16)}`,
    })
    await post(system, '/v1/certificates', { pem, subscriberEmail: 'web-team@example.ac.jp' })
  }
}

async function enterPeople(system: Reached): Promise<void> {
  const eng = await post<{ id: string }>(system, '/v1/departments', {
    name: '工学部',
    names: ['.eng.example.ac.jp'],
  })
  await post(system, '/v1/departments', {
    name: '医学部附属病院',
    names: ['.med.example.ac.jp', '.hosp.example.ac.jp'],
  })
  const people = [
    { displayName: '国立 花子', email: 'hanako@example.ac.jp', role: 'operator' },
    { displayName: '情報 次郎', email: 'jiro@example.ac.jp', role: 'approver', department: eng.id },
    { displayName: 'Auditor of the computing centre', email: 'audit@example.ac.jp', role: 'auditor' },
  ]
  for (const person of people) await post(system, '/v1/operators', person)
  const subscribers = [
    {
      email: 'web-team@example.ac.jp',
      name: '国立 太郎',
      department: '情報基盤センター',
      note: '平日9時から17時',
    },
    { email: 'lab-admin@example.ac.jp', name: '学術 三郎', department: '工学部 情報工学科' },
  ]
  for (const subscriber of subscribers) await post(system, '/v1/subscribers', subscriber)
}

async function makeCredentials(system: Reached): Promise<void> {
  const subscriber = { name: '国立 太郎', department: '情報基盤センター', email: 'web-team@example.ac.jp' }
  await post(system, '/v1/eab-credentials', {
    subscriber,
    names: ['www.example.ac.jp', '.lab.example.ac.jp'],
  })
  await post(system, '/v1/eab-credentials', {
    subscriber: { email: 'lab-admin@example.ac.jp' },
    names: ['.eng.example.ac.jp'],
    reusable: true,
    expiresAt: inDays(90),
  })
  await post(system, '/v1/approvals', {
    subscriber: { email: 'lab-admin@example.ac.jp', name: '学術 三郎' },
    names: ['.robot.example.ac.jp'],
    validUntil: inDays(20),
  })
  await post(system, '/v1/incidents', {
    criteria: { q: '.eng.' },
    action: { type: 'revoke', reason: '4', comment: '認証局の切り替えのため' },
  })
}

async function applyForSome(system: Reached): Promise<void> {
  const portal = await openPortal(system)
  const rows = await Promise.all(
    ['www', 'lecture', 'mozilla-mirror'].map(async (host) => ({
      csr: await csrFor(`${host}.example.ac.jp`),
    })),
  )
  const [issued] = await apply(system, ...rows)
  await end(system, issued!.id, 110)
  const longest = 'a-rather-long-name-of-a-host-in-the-network.lab.example.ac.jp'
  for (const name of [
    'next.example.ac.jp',
    'seminar.eng.example.ac.jp',
    longest,
    'intranet.med.example.ac.jp',
  ])
    await portal.apply(name)
  const rejected = await portal.apply('game.example.ac.jp')
  await post(system, `/v1/applications/${rejected}/reject`, { reason: '業務で使うサーバではないため' })
}

async function makeWebhook(system: Reached): Promise<void> {
  const url = 'https://portal.example.ac.jp/api/upki/events'
  await post(system, '/v1/webhooks', { url, description: '学内ポータル' })
}

export async function setScene(system: Reached): Promise<void> {
  await enterInventory(system)
  await enterPeople(system)
  await makeCredentials(system)
  await makeWebhook(system)
  await applyForSome(system)
  await obtain(system, 'acme.example.ac.jp', 'web-team@example.ac.jp')
}
