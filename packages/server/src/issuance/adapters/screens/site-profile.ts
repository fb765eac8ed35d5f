/**
 * How the pages of the issuance system are named: all that could differ from what
 * is known is here, and the configuration lays over it what a person has read off the
 * real screens (`site`, docs/operations.md). Confidence of each: docs/issuance-system.md.
 */
import { type ApplicationKind, applicationKinds } from '@upki-gateway/shared/application'
import iconv from 'iconv-lite'
import { z } from 'zod'

const word = z.string().min(1).max(200)
const path = word.regex(/^\/(?!\/)/, 'must begin with one /')

const uploadScreen = z.strictObject({
  /** Value of `forwardName` in the menu's form, and name of the upload form. */
  menuCode: word,
  /** Value of `applyType`. */
  applyType: word,
})

const site = z.strictObject({
  loginPath: path,
  menuFrame: word,
  menuForm: word,
  encoding: word.refine((name) => iconv.encodingExists(name), 'is no encoding that is known'),
  /** Radio buttons for what happens when a row is wrong; their first choice registers nothing then. */
  errorMode: word,
  fileField: word,
  /** Found in the answer page when the file was registered. */
  acceptedText: word,
  /** Found in the answer page when at least one row was not. */
  refusedText: word,
  /** The sentence that says that rows were registered; also on a page that names others as wrong. */
  registeredText: word,
})
const reports = z.strictObject({ server: path, client: path })

/** What an institution knows better: any part of the profile. */
export const siteChanges = site.partial().extend({
  uploads: z.partialRecord(z.enum(applicationKinds), uploadScreen).default({}),
  reports: reports.partial().default({}),
})

export type SiteChanges = z.infer<typeof siteChanges>

export type SiteProfile = z.infer<typeof site> & {
  uploads: Record<ApplicationKind, z.infer<typeof uploadScreen>>
  reports: z.infer<typeof reports>
}

const SERVER = 'SP1001'
const CLIENT = 'SP1011'
const SMIME = 'SP1021'
const ACME = 'SP1031'
const SUBSCRIBER = 'SP1041'

/** What stands on the page that answers an upload, and on no other: `完了` alone is also on pages about something else. */
const UPLOADED = 'ファイルのアップロード処理が完了しました'

/** Codes of the client screens are public; the others are the simulator's until read off the real menu. */
export const upkiSite: SiteProfile = {
  loginPath: '/upki-odcert/lra/SSLLogin.do',
  menuFrame: 'hidari',
  menuForm: 'MainMenuForm',
  encoding: 'EUC-JP',
  errorMode: 'errorFlg',
  fileField: 'file',
  uploads: {
    'server-issue': { menuCode: SERVER, applyType: '1' },
    'server-renew': { menuCode: SERVER, applyType: '2' },
    'server-revoke': { menuCode: SERVER, applyType: '3' },
    'client-issue': { menuCode: CLIENT, applyType: '1' },
    'client-renew': { menuCode: CLIENT, applyType: '2' },
    'client-revoke': { menuCode: CLIENT, applyType: '3' },
    'smime-issue': { menuCode: SMIME, applyType: '1' },
    'smime-renew': { menuCode: SMIME, applyType: '2' },
    'smime-revoke': { menuCode: SMIME, applyType: '3' },
    'acme-create': { menuCode: ACME, applyType: '1' },
    'acme-renew': { menuCode: ACME, applyType: '2' },
    'acme-suspend': { menuCode: ACME, applyType: '3' },
    'acme-revoke': { menuCode: ACME, applyType: '4' },
    'subscriber-update': { menuCode: SUBSCRIBER, applyType: '1' },
  },
  reports: { server: '/upki-odcert/lra/syomeiDL_S_Srv.do', client: '/upki-odcert/lra/syomeiDL_S_Cli.do' },
  acceptedText: UPLOADED,
  refusedText: 'エラー画面',
  registeredText: UPLOADED,
}

/** The published names with what the configuration lays over them. */
export function siteWith(changes?: SiteChanges): SiteProfile {
  if (!changes) return upkiSite
  const { uploads, reports: paths, ...names } = changes
  return {
    ...upkiSite,
    ...names,
    uploads: { ...upkiSite.uploads, ...uploads },
    reports: { ...upkiSite.reports, ...paths },
  }
}
