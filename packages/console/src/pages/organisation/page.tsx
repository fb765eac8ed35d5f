/** The organisation as configured, and its departments. */
import type { Schemas } from '../../api/client.js'
import { useOrganisations } from '../../api/queries.js'
import type { Operator } from '../../api/session.js'
import { type Bilingual, useWords } from '../../i18n/language.js'
import { Facts } from '../../ui/facts.js'
import { Shown } from '../../ui/outcome.js'
import { Page, Section } from '../../ui/page.js'
import { Departments } from './departments.js'

const text = {
  title: { ja: '機関と部局', en: 'Organisation and departments' },
  dn: { ja: 'DN（固定部分）', en: 'DN (fixed part)' },
  domains: { ja: '登録ドメイン', en: 'Registered domains' },
  profiles: { ja: '証明書プロファイル', en: 'Profiles' },
  approval: { ja: '承認', en: 'Approval' },
  auto: { ja: '担当者の申請は自動で承認', en: "operators' own applications need none" },
  manual: { ja: 'すべて手で承認', en: 'everything waits for an operator' },
  approvers: { ja: '承認する人数', en: 'Approvers' },
  days: { ja: '承認の有効日数', en: 'Days that an approval lasts' },
  system: { ja: '発行システム', en: 'Issuance system' },
  configured: {
    ja: '機関の設定は、ゲートウェイの設定ファイルで変えます。',
    en: "The organisation is set in the gateway's configuration file.",
  },
}

const approvals: Record<Schemas['Organisation']['approval'], Bilingual> = {
  auto: text.auto,
  manual: text.manual,
}

export function OrganisationPage({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const query = useOrganisations()
  return (
    <Page title={t(text.title)}>
      <Shown query={query}>
        {({ organisations }) =>
          organisations.map((organisation) => (
            <Organisation key={organisation.id} organisation={organisation} />
          ))
        }
      </Shown>
      <Departments mayChange={operator.scopes.includes('admin')} />
    </Page>
  )
}

function Organisation({ organisation }: { organisation: Schemas['Organisation'] }) {
  const { t } = useWords()
  const { organizationName, locality, stateOrProvince, country } = organisation
  return (
    <Section title={organizationName}>
      <Facts
        entries={[
          [t(text.dn), `O=${organizationName}, L=${locality}, ST=${stateOrProvince}, C=${country}`],
          [t(text.domains), <span className="value">{organisation.domains.join('\n')}</span>],
          [t(text.profiles), organisation.profiles.join(', ')],
          [t(text.approval), t(approvals[organisation.approval])],
          [t(text.approvers), String(organisation.approvers)],
          [t(text.days), String(organisation.approvalDays)],
          [t(text.system), organisation.issuanceSystem],
        ]}
      />
      <p className="hint">{t(text.configured)}</p>
    </Section>
  )
}
