import { Route, Switch, useLocation } from 'wouter'
import { type Session, useSession } from './data/session.js'
import { AlertsPage } from './pages/alerts-page.js'
import { ConsumerPage } from './pages/consumer-page.js'
import { ConsumersPage } from './pages/consumers-page.js'
import { KeysPage } from './pages/keys-page.js'
import { OverviewPage } from './pages/overview-page.js'
import { ProviderPage } from './pages/provider-page.js'
import { RequestPage } from './pages/request-page.js'
import { RequestsPage } from './pages/requests-page.js'
import { SignInPage } from './pages/sign-in-page.js'
import { TryPage } from './pages/try-page.js'
import { UsagePage } from './pages/usage-page.js'
import { FaultBoundary } from './parts/fault-boundary.js'
import { EmptyNotice, Loading, StaleNotice } from './parts/notices.js'
import { Shell } from './parts/shell.js'
import { Toasts } from './parts/toasts.js'
import { namedBy } from './show/address.js'
import { useLanguage } from './texts/language-provider.js'

export function App() {
  const { t } = useLanguage()
  const session = useSession()
  const [path] = useLocation()
  if (session.data === undefined) {
    return (
      <main>
        {session.error === null ? (
          <Loading what={t('shell.thePage')} />
        ) : (
          <StaleNotice updatedAtMs={0} error={session.error} />
        )}
      </main>
    )
  }
  if (session.data.signInNeeded) return <SignInPage />
  const { consumer } = session.data
  return (
    <Toasts>
      <Shell session={session.data}>
        <FaultBoundary key={path}>
          {consumer === null ? (
            <AllPlaces session={session.data} />
          ) : (
            <PlacesOfConsumer session={session.data} />
          )}
        </FaultBoundary>
      </Shell>
    </Toasts>
  )
}

interface PlacesProps {
  readonly session: Session
}

function AllPlaces({ session }: PlacesProps) {
  const { mayChange } = session
  return (
    <Switch>
      <Route path="/">
        <OverviewPage mayChange={mayChange} />
      </Route>
      <Route path="/try">
        <TryPage mayChange={mayChange} />
      </Route>
      <Route path="/providers/:name">
        {() => <ProviderPage name={namedBy(window.location.pathname)} mayChange={mayChange} />}
      </Route>
      <Route path="/keys">
        <KeysPage mayChange={mayChange} />
      </Route>
      <Route path="/consumers" component={ConsumersPage} />
      <Route path="/consumers/:name">
        {() => <ConsumerPage name={namedBy(window.location.pathname)} session={session} />}
      </Route>
      <Route path="/requests" component={RequestsPage} />
      <Route path="/requests/:id">
        {() => <RequestPage requestId={namedBy(window.location.pathname)} />}
      </Route>
      <Route path="/usage" component={UsagePage} />
      <Route path="/alerts">
        <AlertsPage mayChange={mayChange} />
      </Route>
      <Route component={Lost} />
    </Switch>
  )
}

/** What a token of a consumer may see: its consumer, and those below. */
function PlacesOfConsumer({ session }: PlacesProps) {
  return (
    <Switch>
      <Route path="/">
        <ConsumerPage name={session.consumer ?? ''} session={session} />
      </Route>
      <Route path="/consumers" component={ConsumersPage} />
      <Route path="/consumers/:name">
        {() => <ConsumerPage name={namedBy(window.location.pathname)} session={session} />}
      </Route>
      <Route component={Lost} />
    </Switch>
  )
}

function Lost() {
  const { t } = useLanguage()
  return (
    <>
      <h1>{t('shell.notFound')}</h1>
      <EmptyNotice title={t('shell.nothingHere')}>{t('shell.useNavigation')}</EmptyNotice>
    </>
  )
}
