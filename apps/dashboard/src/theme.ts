/** What the page looks like: as the system says, or as was chosen. */
export type Theme = 'system' | 'light' | 'dark'

const themes: readonly Theme[] = ['system', 'light', 'dark']
const storageKey = 'quotakeeper-theme'

export function rememberedTheme(): Theme {
  // Storage is refused to some private windows.
  try {
    return themes.find(theme => theme === localStorage.getItem(storageKey)) ?? 'system'
  } catch {
    return 'system'
  }
}

export function applyRememberedTheme(): void {
  applyTheme(rememberedTheme())
}

/** Shows the page so, and the next time as well. */
export function chooseTheme(theme: Theme): void {
  applyTheme(theme)
  try {
    localStorage.setItem(storageKey, theme)
  } catch {
    // It holds for this visit.
  }
}

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
