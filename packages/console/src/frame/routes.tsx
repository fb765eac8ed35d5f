import { Link, Route, Switch } from 'wouter'
import type { Operator } from '../api/session.js'
import { useWords } from '../i18n/language.js'
import { AccountDetail } from '../pages/accounts/detail.js'
import { AccountsPage } from '../pages/accounts/page.js'
import { ApplicationDetail } from '../pages/applications/detail.js'
import { ApplicationList } from '../pages/applications/list.js'
import { ApprovalsPage } from '../pages/approvals/page.js'
import { AuditPage } from '../pages/audit/page.js'
import { BatchDetail } from '../pages/batches/detail.js'
import { BatchList } from '../pages/batches/list.js'
import { CertificateDetail } from '../pages/certificates/detail.js'
import { CertificateList } from '../pages/certificates/list.js'
import { EabPage } from '../pages/eab/page.js'
import { IncidentDetail } from '../pages/incidents/detail.js'
import { IncidentList } from '../pages/incidents/list.js'
import { NewApplication } from '../pages/new/page.js'
import { OrganisationPage } from '../pages/organisation/page.js'
import { PeoplePage } from '../pages/people/page.js'
import { StatisticsPage } from '../pages/statistics/page.js'
import { SubscribersPage } from '../pages/subscribers/page.js'
import { Today } from '../pages/today/page.js'
import { TokensPage } from '../pages/tokens/page.js'
import { WebhookDetail } from '../pages/webhooks/detail.js'
import { WebhooksPage } from '../pages/webhooks/page.js'
import { Page } from '../ui/page.js'

const text = {
  lost: { ja: 'ページがありません', en: 'There is no such page' },
  today: { ja: '「今日」へ', en: 'To today' },
}

export function Routes({ operator }: { operator: Operator }) {
  return (
    <Switch>
      <Route path="/">
        <Today operator={operator} />
      </Route>
      <Route path="/applications">
        <ApplicationList operator={operator} />
      </Route>
      <Route path="/applications/new" component={NewApplication} />
      <Route path="/applications/:id">
        {({ id }) => <ApplicationDetail key={id} id={id} operator={operator} />}
      </Route>
      <Route path="/batches">
        <BatchList operator={operator} />
      </Route>
      <Route path="/batches/:id">{({ id }) => <BatchDetail key={id} id={id} operator={operator} />}</Route>
      <Route path="/certificates">
        <CertificateList operator={operator} />
      </Route>
      <Route path="/certificates/:serial">
        {({ serial }) => <CertificateDetail key={serial} serial={serial} operator={operator} />}
      </Route>
      <Route path="/eab">
        <EabPage operator={operator} />
      </Route>
      <Route path="/accounts">
        <AccountsPage operator={operator} />
      </Route>
      <Route path="/accounts/:id">{({ id }) => <AccountDetail key={id} id={id} />}</Route>
      <Route path="/incidents">
        <IncidentList operator={operator} />
      </Route>
      <Route path="/incidents/:id">
        {({ id }) => <IncidentDetail key={id} id={id} operator={operator} />}
      </Route>
      <Route path="/approvals">
        <ApprovalsPage operator={operator} />
      </Route>
      <Route path="/subscribers">
        <SubscribersPage operator={operator} />
      </Route>
      <Route path="/organisation">
        <OrganisationPage operator={operator} />
      </Route>
      <Route path="/tokens">
        <TokensPage operator={operator} />
      </Route>
      <Route path="/webhooks">
        <WebhooksPage operator={operator} />
      </Route>
      <Route path="/webhooks/:id">{({ id }) => <WebhookDetail key={id} id={id} operator={operator} />}</Route>
      <Route path="/people">
        <PeoplePage operator={operator} />
      </Route>
      <Route path="/audit" component={AuditPage} />
      <Route path="/statistics" component={StatisticsPage} />
      <Route component={Lost} />
    </Switch>
  )
}

function Lost() {
  const { t } = useWords()
  return (
    <Page title={t(text.lost)}>
      <Link href="/">{t(text.today)}</Link>
    </Page>
  )
}
