/** One application of every kind but server-issue and server-renew, each passing every check. */
import type { Application, ApplicationFields, ApplicationKind } from '../application/index.js'
import { dnFor, serverIssue } from './sample.js'

const cn = 'www.example.ac.jp'
const client = 'CN=u0012345.1,OU=Faculty of Science,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'
const smime = 'CN=hanako@example.ac.jp,OU=No 1,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'
const subscriber = {
  subscriberName: '国立 太郎',
  subscriberDepartment: '情報基盤センター',
  subscriberEmail: 'taro@example.ac.jp',
}
const person = {
  ...subscriber,
  downloadType: '1',
  userName: '試験 花子',
  p12FileName: 'cli-u0012345-1',
  userDepartment: '理学部',
  userEmail: 'hanako@example.ac.jp',
}
const serial = '62619332934935910747746520067307416637'
const ending = {
  serial,
  revocationReason: '4',
  revocationComment: '更新のため',
  subscriberEmail: 'taro@example.ac.jp',
}
const account = { ...subscriber, profileId: '3', fqdn: cn, software: 'certbot 5', dnsNames: `dNSName=${cn}` }

const samples: Record<Exclude<ApplicationKind, 'server-issue' | 'server-renew'>, ApplicationFields> = {
  'server-revoke': { subjectDn: dnFor(cn), ...ending },
  'client-issue': { subjectDn: client, profileId: '13', ...person },
  'client-renew': { subjectDn: client, profileId: '13', serial, ...person },
  'client-revoke': { subjectDn: client, ...ending, userEmail: 'hanako@example.ac.jp' },
  'smime-issue': { subjectDn: smime, profileId: '15', ...person },
  'smime-renew': { subjectDn: smime, profileId: '15', serial, ...person },
  'smime-revoke': { subjectDn: smime, ...ending, userEmail: 'hanako@example.ac.jp' },
  'acme-create': { subjectDn: dnFor(cn), ...account },
  'acme-renew': { subjectDn: dnFor(cn), acmeAccountId: 'acct-0001', ...account },
  'acme-suspend': { acmeAccountId: 'acct-0001', revocationReason: '5', revocationComment: 'サーバ撤去' },
  'acme-revoke': { subjectDn: dnFor(cn), ...ending },
  'subscriber-update': { subjectDn: dnFor(cn), serial, ...subscriber, software: 'nginx 1.28' },
}

/** The sample of any kind; a server certificate's CSR is made when none is given. */
export async function sampleOf(kind: ApplicationKind, fields: ApplicationFields = {}): Promise<Application> {
  if (kind === 'server-issue') return serverIssue(fields)
  if (kind === 'server-renew') return { kind, fields: (await serverIssue({ serial, ...fields })).fields }
  return { kind, fields: { ...samples[kind], ...fields } }
}
