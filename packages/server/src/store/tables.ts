/** The tables as kysely sees them. Times are timestamptz; serials are decimal text. Source: migrations/. */
import type { ColumnType, Generated, Insertable, Selectable } from 'kysely'
import type { ApplicationFields, ApplicationKind } from '@upki-gateway/shared/application'
import type { Finding } from '@upki-gateway/shared/problem'
import type { AcmeTables } from './acme-tables.js'
import type { EventTables } from './event-tables.js'
import type { SessionTables } from './session-tables.js'
import type { UpstreamEabTable } from './upstream-eab-table.js'
import type { Role } from '../policy/scopes.js'
import type { Json, Nullable, NullableJson, NullableTimestamp, Timestamp } from './column-types.js'
import type {
  ApplicationState,
  AttentionReason,
  BatchState,
  CertificateStatus,
  Failure,
  FilledValue,
} from '../issuance/states.js'

interface TokensTable {
  id: string
  token_sha256: Buffer
  name: string
  organisation: string
  scopes: string[]
  created_at: Timestamp
  expires_at: NullableTimestamp
  revoked_at: NullableTimestamp
  /** Null: a program's own. */
  operator_id: Nullable<string>
  created_by: Nullable<string>
}

interface DepartmentsTable {
  id: string
  organisation: string
  name: string
  /** Host names, or `.domain` for every name at or below a domain. */
  names: string[]
  created_at: Timestamp
  updated_at: Timestamp
}

interface OperatorsTable {
  id: string
  organisation: string
  display_name: string
  email: Nullable<string>
  role: Role
  /** Limits him to the department's names. */
  department_id: Nullable<string>
  /** Of the client certificate he signs in with; lower hex. */
  certificate_sha256: Nullable<string>
  oidc_issuer: Nullable<string>
  oidc_subject: Nullable<string>
  disabled_at: NullableTimestamp
  created_at: Timestamp
  updated_at: Timestamp
}

interface SubscribersTable {
  id: string
  organisation: string
  email: string
  name: string | null
  department: string | null
  note: string | null
  created_at: Timestamp
  updated_at: Timestamp
}

interface SubscriberMarksTable {
  organisation: string
  until: Timestamp
}

interface IdempotencyKeysTable {
  /** Who asked: `operator:<id>` or `token:<id>`. */
  actor: string
  key: string
  request_sha256: string
  status: number
  body: Json<unknown>
  created_at: Timestamp
}

interface ApprovalsTable {
  id: string
  organisation: string
  subscriber: Json<Subscriber>
  /** Host names, or `.domain` for every name at or below a domain. */
  names: string[]
  approved_by: string
  valid_until: NullableTimestamp
  revoked_at: NullableTimestamp
  /** Where one account alone has it. */
  account_id: Nullable<string>
  created_at: Timestamp
  /** Profiles of certificates it is for; null: any. */
  profiles: Nullable<string[]>
  /** The application that it was made by approving. */
  application_id: Nullable<string>
  renewed_at: NullableTimestamp
  renewed_by: Nullable<string>
  /** The last of the thresholds before its end that was told, and which end. */
  told_days: Nullable<number>
  told_until: NullableTimestamp
}

/** Who answers for a server's certificate (利用管理者): columns 8 to 10 and 12 of a server application. */
export interface Subscriber {
  name?: string
  department?: string
  email: string
  software?: string
}

interface ApplicationsTable {
  id: string
  organisation: string
  kind: ApplicationKind
  state: ApplicationState
  fields: Json<ApplicationFields>
  filled: Json<FilledValue[]>
  findings: Json<Finding[]>
  failure: NullableJson<Failure>
  /** CN in lower case; null for kinds without one. */
  common_name: string | null
  csr_sha256: string | null
  /** Identity of the key: packages/shared/src/csr/key-identity.ts. */
  spki_sha256: string | null
  /** Whether the gateway chose issue or renew, and so may choose again when the history changes. */
  kind_decided: boolean
  approval_id: string | null
  batch_id: string | null
  batch_row: number | null
  certificate_serial: string | null
  created_by: string
  created_at: Timestamp
  updated_at: Timestamp
  /** 0 bulk, 1 normal, 2 urgent; `order_at` is what follows from it. */
  priority: Generated<number>
  /** The queue is left in this order. */
  order_at: ColumnType<Date, Date | undefined, Date>
  /** When a report first showed it in work. */
  seen_at: NullableTimestamp
  /** Of what accepted it, where that was traced. */
  traceparent: Nullable<string>
}

interface ApplicationDecisionsTable {
  application_id: string
  actor: string
  decision: 'approve' | 'reject'
  reason: string | null
  decided_at: Timestamp
  /** Of an approval: for this application alone. */
  once: Generated<boolean>
  /** Of an approval: when what lasts of it ends, where that was said. */
  until: Timestamp | null
}

interface BatchesTable {
  id: string
  organisation: string
  issuance_system: string
  kind: ApplicationKind
  state: BatchState
  bytes: Buffer
  sha256: string
  row_count: number
  submissions: Generated<number>
  /** While submitting: the process that uploads renews this; past it, the outcome is unknown. */
  lease_until: NullableTimestamp
  unknown_since: NullableTimestamp
  /** Not to be tried before. */
  due_at: Timestamp
  last_error: string | null
  sealed_at: Timestamp
  submitted_at: NullableTimestamp
  /** By hand: when an operator took the file, and with which token. */
  handed_out_at: NullableTimestamp
  handed_out_to: string | null
  /** When the last upload of it began. */
  uploaded_at: NullableTimestamp
  /** Why a person is asked. */
  attention: AttentionReason | null
  /** Of what sealed it, where that was traced. */
  traceparent: Nullable<string>
}

interface CertificatesTable {
  serial: string
  organisation: string
  application_id: string | null
  common_name: string
  subject_dn: string
  names: string[]
  profile_id: string | null
  /** Identity of the key: packages/shared/src/csr/key-identity.ts. */
  spki_sha256: string | null
  pem: string
  chain_pem: string
  status: CertificateStatus
  replaces_serial: string | null
  not_before: Timestamp
  not_after: Timestamp
  created_at: Timestamp
  category: Generated<CertificateCategory>
  /** Through this gateway, from a report, or by an operator's hand. */
  origin: Generated<'issued' | 'report' | 'entered'>
  issuer_dn: string | null
  subscriber_email: string | null
  revoked_at: NullableTimestamp
  /** RFC 5280 §5.3.1, as the service takes them. */
  revocation_reason: string | null
  /** That its replacement serves, by the word of a client or an operator. */
  replacement_confirmed_at: NullableTimestamp
  replacement_confirmed_by: string | null
  /** The last of the thresholds before its end that was told. */
  told_days: Nullable<number>
  /** When somebody was reminded that it is replaced and not confirmed. */
  reminded_at: NullableTimestamp
}

/** Which report shows it. */
export type CertificateCategory = 'server' | 'client'

interface KeptPagesTable {
  id: string
  batch_id: string
  at: Timestamp
  reason: string
  page: string
}

interface IncidentsTable {
  id: string
  organisation: string
  action: 'revoke' | 'reissue'
  criteria: Json<unknown>
  terms: Json<IncidentTerms>
  serials: string[]
  created_by: string
  created_at: Timestamp
  confirmed_by: string | null
  confirmed_at: NullableTimestamp
}

/** What is done to every certificate of an incident. */
export interface IncidentTerms {
  /** Of a revocation. */
  reason?: string
  comment?: string
  /** Of a re-issue: RFC 9773. */
  replaceBy?: string
  explanationUrl?: string
}

interface ReportImportsTable {
  issuance_system: string
  name: string
  at: Timestamp
  /** Those whose history it was read for. */
  organisations: Generated<string[]>
}

interface AuditLogTable {
  seq: Generated<string>
  at: Timestamp
  actor: string
  action: string
  subject: string
  detail: Json<unknown>
}

interface AuditChainTable {
  /** Without a gap from 1. */
  position: string
  seq: string
  organisation: string | null
  hash: Buffer
  sealed_at: Timestamp
}

export interface Tables extends AcmeTables, SessionTables, EventTables {
  tokens: TokensTable
  departments: DepartmentsTable
  operators: OperatorsTable
  subscribers: SubscribersTable
  subscriber_marks: SubscriberMarksTable
  idempotency_keys: IdempotencyKeysTable
  approvals: ApprovalsTable
  applications: ApplicationsTable
  application_decisions: ApplicationDecisionsTable
  batches: BatchesTable
  certificates: CertificatesTable
  audit_log: AuditLogTable
  audit_chain: AuditChainTable
  report_imports: ReportImportsTable
  incidents: IncidentsTable
  kept_pages: KeptPagesTable
  upstream_eab: UpstreamEabTable
}

export type TokenRow = Selectable<TokensTable>
export type NewTokenRow = Insertable<TokensTable>
export type DepartmentRow = Selectable<DepartmentsTable>
export type SubscriberRow = Selectable<SubscribersTable>
export type OperatorRow = Selectable<OperatorsTable>
export type NewOperatorRow = Insertable<OperatorsTable>
export type ApprovalRow = Selectable<ApprovalsTable>
export type NewApprovalRow = Insertable<ApprovalsTable>
export type DecisionRow = Selectable<ApplicationDecisionsTable>
export type ApplicationRow = Selectable<ApplicationsTable>
export type NewApplicationRow = Insertable<ApplicationsTable>
export type BatchRow = Selectable<BatchesTable>
export type CertificateRow = Selectable<CertificatesTable>
export type IncidentRow = Selectable<IncidentsTable>
export type NewCertificateRow = Insertable<CertificatesTable>
