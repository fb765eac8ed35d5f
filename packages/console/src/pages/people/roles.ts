import type { Schemas } from '../../api/client.js'
import type { Bilingual } from '../../i18n/language.js'

/** Source: docs/operations.md, "People". */
export const roles: Record<Schemas['Role'], Bilingual> = {
  administrator: { ja: '管理者', en: 'administrator' },
  operator: { ja: '登録担当者', en: 'operator' },
  approver: { ja: '部局の承認者', en: 'approver of a department' },
  auditor: { ja: '監査（閲覧のみ）', en: 'auditor (reads only)' },
  portal: { ja: 'ポータル（プログラム）', en: 'portal (a program)' },
}
