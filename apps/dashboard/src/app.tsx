import { Route, Switch, useLocation } from 'wouter'
import { ownPath } from './data/path-prefix.js'
import { type Session, useSession } from './data/session.js'
import { useTitle } from './data/use-title.js'
import { AlertsPage } from './pages/alerts-page.js'
import { CallsPage } from './pages/calls-page.js'
import { ConsumerPage } from './pages/consumer-page.js'
import { ConsumersPage } from './pages/consumers-page.js'
import { KeysPage } from './pages/keys-page.js'
import { OverviewPage } from './pages/overview-page.js'
import { PerformancePage } from './pages/performance-page.js'
import { ProviderPage } from './pages/provider-page.js'
import { RequestPage } from './pages/request-page.js'
import { RequestsPage } from './pages/requests-page.js'
import { RoutingPage } from './pages/routing-page.js'
import { SignInPage } from './pages/sign-in-page.js'
import { TryPage } from './pages/try-page.js'
import { UsagePage } from './pages/usage-page.js'
import { FaultBoundary } from './parts/fault-boundary.js'
import { EmptyNotice, Loading, StaleNotice } from './parts/notices.js'
import { Shell } from './parts/shell.js'
import { Toasts } from './parts/toasts.js'
import { namedBy } from './show/address.js'
import { signInTitle, titleOf } from './show/places.js'
import { useLanguage } from './texts/language-provider.js'

export function App() {
  const { t } = useLanguage()
  const session = useSession()
  const [path] = useLocation()
  const isOut = session.data?.signInNeeded === true
  useTitle(isOut ? signInTitle(t) : titleOf(t, ownPath(), session.data?.consumer ?? null))
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
  if (isOut) return <SignInPage />
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
        {() => <ProviderPage name={namedBy(ownPath())} mayChange={mayChange} />}
      </Route>
      <Route path="/keys">
        <KeysPage mayChange={mayChange} />
      </Route>
      <Route path="/routing">
        <RoutingPage mayChange={mayChange} />
      </Route>
      <Route path="/consumers" component={ConsumersPage} />
      <Route path="/consumers/:name">
        {() => <ConsumerPage name={namedBy(ownPath())} session={session} />}
      </Route>
      <Route path="/requests" component={RequestsPage} />
      <Route path="/requests/:id">{() => <RequestPage requestId={namedBy(ownPath())} />}</Route>
      <Route path="/usage" component={UsagePage} />
      <Route path="/calls">
        <CallsPage isOperator />
      </Route>
      <Route path="/performance" component={PerformancePage} />
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
        {() => <ConsumerPage name={namedBy(ownPath())} session={session} />}
      </Route>
      <Route path="/calls">
        <CallsPage isOperator={false} />
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
