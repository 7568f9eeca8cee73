import { Route, Switch } from 'wouter'
import { useSession } from './data/session.js'
import { AlertsPage } from './pages/alerts-page.js'
import { OverviewPage } from './pages/overview-page.js'
import { ProviderPage } from './pages/provider-page.js'
import { RequestPage } from './pages/request-page.js'
import { RequestsPage } from './pages/requests-page.js'
import { SignInPage } from './pages/sign-in-page.js'
import { UsagePage } from './pages/usage-page.js'
import { EmptyNotice, Loading, StaleNotice } from './parts/notices.js'
import { Shell } from './parts/shell.js'
import { Toasts } from './parts/toasts.js'

export function App() {
  const session = useSession()
  if (session.data === undefined) {
    return (
      <main>
        {session.error === null ? (
          <Loading what="the page" />
        ) : (
          <StaleNotice updatedAtMs={0} error={session.error} />
        )}
      </main>
    )
  }
  if (session.data.signInNeeded) return <SignInPage />
  const { mayChange } = session.data
  return (
    <Toasts>
      <Shell session={session.data}>
        <Switch>
          <Route path="/" component={OverviewPage} />
          <Route path="/providers/:name">
            {({ name }) => <ProviderPage key={name} name={decodeURIComponent(name)} mayChange={mayChange} />}
          </Route>
          <Route path="/requests" component={RequestsPage} />
          <Route path="/requests/:id">{({ id }) => <RequestPage requestId={decodeURIComponent(id)} />}</Route>
          <Route path="/usage" component={UsagePage} />
          <Route path="/alerts">
            <AlertsPage mayChange={mayChange} />
          </Route>
          <Route>
            <EmptyNotice title="There is no such page.">The pages are named above.</EmptyNotice>
          </Route>
        </Switch>
      </Shell>
    </Toasts>
  )
}
