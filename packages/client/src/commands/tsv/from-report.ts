/** Revocations and renewals of what a report lists, chosen by authority and day of issue. */
import { readFile } from 'node:fs/promises'
import type { ApplicationFields, ApplicationInput } from '@upki-gateway/shared/application'
import type { CheckContext } from '@upki-gateway/shared/check'
import { commonNameOf } from '@upki-gateway/shared/dn'
import { parseCsr } from '@upki-gateway/shared/csr'
import { familyOfProfile, renewalOf, revocationOf, selectRows } from '@upki-gateway/shared/issued'
import type { Selected } from '@upki-gateway/shared/issued'
import { ReportError, parseReport } from '@upki-gateway/shared/report'
import type { ReportRow } from '@upki-gateway/shared/report'
import { ShiftJisError } from '@upki-gateway/shared/tsv'
import { Failure } from '../../terminal/failure.js'
import type { Context } from '../command-spec.js'
import type { BuildOptions } from './build-options.js'
import { collectInputs } from './collect-inputs.js'
import { existing } from './read-input.js'
import { readSerials } from './read-serials.js'

export async function readReportFile(path: string): Promise<ReportRow[]> {
  try {
    return parseReport(await readFile(await existing(path)))
  } catch (error) {
    if (!(error instanceof ReportError) && !(error instanceof ShiftJisError)) throw error
    throw new Failure('failed', {
      en: `${path} is not a whole report (${error.message}); download it again.`,
      ja: `${path} は完全な報告ファイルではありません (${error.message})。ダウンロードし直してください。`,
    })
  }
}

/** What was issued before, from the report: the newest of a CN is the last in it. */
export function withHistory(context: CheckContext, report: readonly ReportRow[]): CheckContext {
  const issued = report.filter(({ serial }) => serial !== '')
  const byName = new Map(issued.map((row) => [commonNameOf(row.subjectDn)?.toLowerCase() ?? '', row]))
  const byDn = new Map(issued.map((row) => [row.subjectDn, row]))
  const bySerial = new Map(issued.map((row) => [row.serial, row.subjectDn]))
  return {
    ...context,
    history: (commonName) => byName.get(commonName),
    historyOfDn: (subjectDn) => byDn.get(subjectDn),
    issuedDn: (serial) => bySerial.get(serial),
  }
}

export async function fromReport(
  report: readonly ReportRow[],
  options: BuildOptions,
  context: Context,
): Promise<ApplicationInput[]> {
  const selected = select(report, options, context)
  if (options.renew) return renewals(selected.rows, options, context)
  const { revoke: reason, comment, subscriberEmail } = options
  if (reason === undefined)
    throw new Failure('usage', {
      en: 'Say what to do with the report: --revoke REASON or --renew.',
      ja: '--revoke 理由 か --renew を指定してください。',
    })
  return selected.rows.map((row) =>
    revocationOf(
      row,
      { reason, ...(comment && { comment }), subscriberEmail: subscriberEmail ?? row.subscriberEmail },
      familyOfProfile(row.profileId),
    ),
  )
}

function select(
  report: readonly ReportRow[],
  { issuer, since, until, serial }: BuildOptions,
  { now, reporter }: Context,
): Selected {
  const serials = serial === undefined ? undefined : readSerials(serial)
  const selected = selectRows(report, {
    now: now(),
    ...(issuer && { issuer }),
    ...(since && { since: readDay(since) }),
    ...(until && { until: readDay(until) }),
    ...(serials && { serials }),
  })
  refuseUnmet(serials ?? [], selected)
  const count = selected.untold.length
  if (count > 0)
    reporter.warn({
      en: `${count} row(s) of the report hold no certificate and were left out.`,
      ja: `報告の${count}行には証明書がないため、対象から外しました。`,
    })
  if (selected.rows.length > 0) return selected
  throw new Failure('failed', {
    en: 'No certificate of the report is meant.',
    ja: '報告に該当する証明書がありません。',
  })
}

/** A serial that is named and not there is a mistake, and the others should not go without it. */
function refuseUnmet(serials: readonly string[], { rows }: Selected): void {
  const unmet = serials.filter((serial) => !rows.some((row) => row.serial === serial))
  if (unmet.length > 0)
    throw new Failure('failed', {
      en: `The report has no certificate in force with the serial ${unmet.join(', ')}.`,
      ja: `報告に、シリアル番号 ${unmet.join('、')} の有効な証明書がありません。`,
    })
}

/** A day begins at midnight in Japan, where the service is. */
function readDay(text: string): Date {
  const day = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00+09:00` : text)
  if (!Number.isNaN(day.getTime())) return day
  throw new Failure('usage', {
    en: `${text} is not a date such as 2025-10-01.`,
    ja: `${text} は 2025-10-01 のような日付ではありません。`,
  })
}

/**
 * What is given renews the certificate it belongs to: a CSR that of its CN, a row for a person that of its DN.
 * The other certificates stay as they are; a row that belongs to none is told.
 */
async function renewals(
  rows: readonly ReportRow[],
  options: BuildOptions,
  { reporter }: Context,
): Promise<ApplicationInput[]> {
  const given = new Map((await collectInputs(options)).map(({ fields }) => [keyOf(fields), fields]))
  const renewed = rows.flatMap((row) => {
    const key = keyOfRow(row)
    const fields = given.get(key)
    given.delete(key)
    return fields === undefined ? [] : [renewalOf(row, fields)]
  })
  for (const key of given.keys())
    reporter.warn({
      en: `${key}: the report has no such certificate to be renewed; it was left out.`,
      ja: `${key}: 報告に更新の対象となる証明書がないため、除きました。`,
    })
  return renewed
}

const keyOf = ({ csr, subjectDn = '' }: ApplicationFields): string =>
  csr === undefined ? subjectDn : lowerName(parseCsr(csr).subjectDn)

const keyOfRow = ({ profileId, subjectDn }: ReportRow): string =>
  familyOfProfile(profileId) === 'server' ? lowerName(subjectDn) : subjectDn

const lowerName = (subjectDn: string): string => commonNameOf(subjectDn)?.toLowerCase() ?? ''
