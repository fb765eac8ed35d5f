/**
 * Issue or renewal, decided once more when a file is made: an earlier application for
 * the same CN may have been issued since. Pure.
 * Source: docs/issuance-cycle.md, step 5; docs/upki-tsv.md, "Issue or renew".
 */
import type { Application } from '@upki-gateway/shared/application'
import type { ApplicationRow } from '../store/tables.js'
import type { FilledValue } from './states.js'

/** A row as it goes out, and what of it the gateway filled in. */
export interface Decided {
  application: Application
  filled: FilledValue[]
}

const why = {
  ja: '送信するまでの間に、このCNの証明書が発行されたため',
  en: 'a certificate for this CN was issued while the application waited',
}

const isDecided = ({ field }: FilledValue): boolean => field === 'kind' || field === 'serial'

/** Only where the gateway decided in the first place; what it changes stands in `filled`. */
export function redecide(
  {
    kind,
    kind_decided: isOurs,
    fields,
    filled,
  }: Pick<ApplicationRow, 'kind' | 'kind_decided' | 'fields' | 'filled'>,
  newest: { serial: string } | undefined,
): Decided {
  const isSame = kind === 'server-renew' && fields.serial === newest?.serial
  if (!isOurs || !newest || isSame) return { application: { kind, fields }, filled }
  const { serial } = newest
  return {
    application: { kind: 'server-renew', fields: { ...fields, serial } },
    filled: [
      ...filled.filter((value) => !isDecided(value)),
      { field: 'kind', value: 'server-renew', why },
      { field: 'serial', value: serial, why },
    ],
  }
}
