/** The colour theme: the system's, or a chosen one. */
export type Theme = 'system' | 'light' | 'dark'

const themes: readonly Theme[] = ['system', 'light', 'dark']
const storageKey = 'quotakeeper-theme'

export function rememberedTheme(): Theme {
  // Some private windows refuse storage.
  try {
    return themes.find(theme => theme === localStorage.getItem(storageKey)) ?? 'system'
  } catch {
    return 'system'
  }
}

export function applyRememberedTheme(): void {
  applyTheme(rememberedTheme())
}

/** Applies the theme and stores it. */
export function chooseTheme(theme: Theme): void {
  applyTheme(theme)
  try {
    localStorage.setItem(storageKey, theme)
  } catch {
    // Applies to this visit only.
  }
}

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
