import { type ReactNode, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { addressOf } from '../data/path-prefix.js'
import { type Session, useSignOut } from '../data/session.js'
import { useHeadingFocus } from '../data/use-heading-focus.js'
import { places } from '../show/places.js'
import { useLanguage } from '../texts/language-provider.js'
import { chooseTheme, rememberedTheme, type Theme } from '../theme.js'
import { LanguageChoice } from './language-choice.js'

/** The pages for a token of a consumer. */
const placesOfConsumer = places.filter(([path]) => path === '/consumers')

/** The frame of every page. */
export function Shell({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  const [location] = useLocation()
  const { t } = useLanguage()
  const isHere = (path: string): boolean =>
    path === '/'
      ? location === '/' || location.startsWith('/providers/')
      : location.startsWith(path) || (path === '/usage' && location === '/calls')
  const main = useRef<HTMLElement>(null)
  useHeadingFocus(main, location)
  return (
    <>
      <a className="skip" href="#main">
        {t('shell.skip')}
      </a>
      <header className="top">
        <div className="top-inner">
          <Link href="/" className="brand">
            <img src={addressOf('/icon.svg')} alt="" width="22" height="22" />
            Quotakeeper
          </Link>
          <nav aria-label={t('shell.pages')} className="places">
            {(session.consumer === null ? places : placesOfConsumer).map(([path, name]) => (
              <Link key={path} href={path} aria-current={isHere(path) ? 'page' : undefined}>
                {t(`shell.${name}`)}
              </Link>
            ))}
          </nav>
          <div className="top-end">
            <LanguageChoice />
            <ThemeChoice />
            {session.isSignedIn && <SignOut />}
          </div>
        </div>
      </header>
      <main ref={main} id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  )
}

function ThemeChoice() {
  const [theme, setTheme] = useState(rememberedTheme)
  const { t } = useLanguage()
  return (
    <label className="theme">
      <span className="unseen">{t('shell.colours')}</span>
      <select
        value={theme}
        onChange={event => {
          // The options below are the only values.
          const chosen = event.target.value as Theme
          chooseTheme(chosen)
          setTheme(chosen)
        }}
      >
        <option value="system">{t('shell.auto')}</option>
        <option value="light">{t('shell.light')}</option>
        <option value="dark">{t('shell.dark')}</option>
      </select>
    </label>
  )
}

function SignOut() {
  const signOut = useSignOut()
  const { t } = useLanguage()
  return (
    <button type="button" className="button button-quiet" onClick={() => signOut.mutate()}>
      {t('shell.signOut')}
    </button>
  )
}
