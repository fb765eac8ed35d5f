/**
 * How the pages of the issuance system are named: all that could differ from what
 * is known is here, so that a person who has seen the real screens can correct it
 * without touching code. Confidence of each: docs/issuance-system.md.
 */
import type { ApplicationKind } from '@upki-gateway/shared/application'
import type { ReportName } from '../../ports/issuance-system.js'

export interface UploadScreen {
  /** Value of `forwardName` in the menu's form, and name of the upload form. */
  menuCode: string
  /** Value of `applyType`. */
  applyType: string
}

export interface SiteProfile {
  loginPath: string
  menuFrame: string
  menuForm: string
  encoding: string
  /** Radio buttons for what happens when a row is wrong; their first choice registers nothing then. */
  errorMode: string
  fileField: string
  uploads: Record<ApplicationKind, UploadScreen>
  reports: Record<ReportName, string>
  /** Found in the answer page when the file was registered. */
  acceptedText: string
  /** Found in the answer page when at least one row was not. */
  refusedText: string
  /** The sentence that says that rows were registered; also on a page that names others as wrong. */
  registeredText: string
}

const SERVER = 'SP1001'
const CLIENT = 'SP1011'
const SMIME = 'SP1021'
const ACME = 'SP1031'
const SUBSCRIBER = 'SP1041'

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
  acceptedText: '完了',
  refusedText: 'エラー画面',
  registeredText: 'ファイルのアップロード処理が完了しました',
}
