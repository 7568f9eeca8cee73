import { type ReactNode, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type Session, useSignOut } from '../data/session.js'
import { chooseTheme, rememberedTheme, type Theme } from '../theme.js'

const places = [
  ['/', 'Overview'],
  ['/keys', 'Keys'],
  ['/routing', 'Routing'],
  ['/try', 'Try'],
  ['/consumers', 'Consumers'],
  ['/requests', 'Requests'],
  ['/usage', 'Usage'],
  ['/alerts', 'Alerts'],
] as const

/** The pages for a token of a consumer. */
const placesOfConsumer = places.filter(([path]) => path === '/consumers')

/** The frame of every page. */
export function Shell({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  const [location] = useLocation()
  const isHere = (path: string): boolean =>
    path === '/' ? location === '/' || location.startsWith('/providers/') : location.startsWith(path)
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <div className="top-inner">
          <Link href="/" className="brand">
            <img src="/icon.svg" alt="" width="22" height="22" />
            Quotakeeper
          </Link>
          <nav aria-label="Pages" className="places">
            {(session.consumer === null ? places : placesOfConsumer).map(([path, name]) => (
              <Link key={path} href={path} aria-current={isHere(path) ? 'page' : undefined}>
                {name}
              </Link>
            ))}
          </nav>
          <div className="top-end">
            <ThemeChoice />
            {session.isSignedIn && <SignOut />}
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  )
}

function ThemeChoice() {
  const [theme, setTheme] = useState(rememberedTheme)
  return (
    <label className="theme">
      <span className="unseen">Colours</span>
      <select
        value={theme}
        onChange={event => {
          // The options below are the only values.
          const chosen = event.target.value as Theme
          chooseTheme(chosen)
          setTheme(chosen)
        }}
      >
        <option value="system">Auto</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  )
}

function SignOut() {
  const signOut = useSignOut()
  return (
    <button type="button" className="button button-quiet" onClick={() => signOut.mutate()}>
      Sign out
    </button>
  )
}
