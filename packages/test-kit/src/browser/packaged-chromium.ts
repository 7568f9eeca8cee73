import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'
import { extract } from 'tar-fs'

/** A browser program and the environment variables that it needs in addition to the caller's. */
export interface BrowserProgram {
  readonly executablePath: string
  readonly env: Readonly<Record<string, string>>
}

/** System libraries and fonts missing on a minimal machine. */
const archives = ['al2023', 'fonts'] as const

const cacheDirectory = fileURLToPath(new URL('../../node_modules/.cache/chromium', import.meta.url))

/**
 * The Chromium in the npm package `@sparticuz/chromium`, unpacked once per version (200 MB, about 3 s). The package's
 * own unpacking is not used: it writes to fixed names in the temporary folder, shared by processes, and installs the
 * system libraries only on one cloud.
 *
 * @returns null on a platform that the package does not support
 * @throws Error if the package is not installed or cannot be unpacked
 */
export async function packagedChromium(): Promise<BrowserProgram | null> {
  if (platform() !== 'linux' || arch() !== 'x64') return null
  const root = dirname(dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))))
  const directory = join(cacheDirectory, await versionIn(root))
  await access(directory).catch(() => unpack(join(root, 'bin'), directory))
  return {
    executablePath: join(directory, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(directory, 'lib'),
      FONTCONFIG_FILE: join(directory, 'fonts.conf'),
      // A minimal machine has the POSIX locale, which this browser reports to pages as a language that Intl refuses.
      LANGUAGE: 'en_US',
      LC_ALL: 'en_US.UTF-8',
    },
  }
}

async function versionIn(root: string): Promise<string> {
  const { version }: { version?: unknown } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return String(version)
}

/** The first process renames its folder into place; the others delete theirs. */
async function unpack(binaries: string, directory: string): Promise<void> {
  await mkdir(cacheDirectory, { recursive: true })
  const made = await mkdtemp(`${directory}-`)
  try {
    await pipeline(
      createReadStream(join(binaries, 'chromium.br')),
      createBrotliDecompress(),
      createWriteStream(join(made, 'chromium'), { mode: 0o755 }),
    )
    for (const name of archives) {
      const archive = createReadStream(join(binaries, `${name}.tar.br`))
      await pipeline(archive, createBrotliDecompress(), extract(made))
    }
    await writeFile(join(made, 'fonts.conf'), fontSettings(directory))
    await rename(made, directory)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    await access(directory).catch(() => {
      throw new Error(`Chromium cannot be unpacked into ${directory}`, { cause: error })
    })
  }
}

function fontSettings(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(directory, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(directory, 'font-cache')}</cachedir>
</fontconfig>
`
}
