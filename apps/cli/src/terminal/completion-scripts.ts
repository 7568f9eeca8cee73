import type { Command } from 'commander'

/** The program, and the name of the workspace's script for it. */
const names = 'quotakeeper qk'

interface Entry {
  /** The names of the commands to it, such as `providers list`; `''` for the program. */
  readonly path: string
  readonly command: Command
}

/** A script for bash that completes commands and options. It is made of names in the program alone. */
export function bashCompletion(program: Command): string {
  const entries = entriesOf(program)
  return `_quotakeeper() {
  local path= word candidates=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${stepsOf(entries)}) path="$path $word" ;;
    esac
  done
  case "$path" in
${casesOf(entries)}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _quotakeeper ${names}
`
}

/** The same for zsh. */
export function zshCompletion(program: Command): string {
  const entries = entriesOf(program)
  return `_quotakeeper() {
  local at= word candidates=
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      ${stepsOf(entries)}) at="$at $word" ;;
    esac
  done
  case "$at" in
${casesOf(entries)}
  esac
  compadd -- \${=candidates} || _default
}
compdef _quotakeeper ${names}
`
}

/** The same for fish, with descriptions. */
export function fishCompletion(program: Command): string {
  const entries = entriesOf(program)
  const lines = entries.flatMap(({ path, command }) => {
    const here = `complete -c quotakeeper -n "test (__quotakeeper_path) = '${path}'"`
    return [
      ...command.commands.map(
        inner => `${here} -f -a ${inner.name()} -d ${quoted(firstSentence(inner.description()))}`,
      ),
      ...optionsOf(command).map(({ long, description }) => `${here} -l ${long} -d ${quoted(description)}`),
    ]
  })
  return `function __quotakeeper_path
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${entries.flatMap(({ path }) => (path === '' ? [] : [`' ${path}'`])).join(' ')}
        set at "$at $word"
    end
  end
  echo (string trim -- $at)
end
${lines.join('\n')}
complete -c qk -w quotakeeper
`
}

function entriesOf(program: Command): readonly Entry[] {
  const below = (command: Command, path: string): readonly Entry[] => [
    { path, command },
    ...command.commands.flatMap(inner => below(inner, `${path} ${inner.name()}`.trim())),
  ]
  return below(program, '')
}

/** The paths that lead on, as patterns of `case`. */
function stepsOf(entries: readonly Entry[]): string {
  return entries.flatMap(({ path }) => (path === '' ? [] : [`" ${path}"`])).join('|')
}

function casesOf(entries: readonly Entry[]): string {
  return entries
    .map(({ path, command }) => {
      const words = [
        ...command.commands.map(inner => inner.name()),
        ...optionsOf(command).map(({ long }) => `--${long}`),
      ]
      return `    "${path === '' ? '' : ` ${path}`}") candidates="${words.join(' ')}" ;;`
    })
    .join('\n')
}

/** A command's options, and those that every command has. */
function optionsOf(command: Command): readonly { readonly long: string; readonly description: string }[] {
  const above = command.parent === null ? [] : rootOf(command).options
  const own = [...command.options, ...above].flatMap(({ long, description }) =>
    long ? [{ long: long.slice(2), description }] : [],
  )
  return [...own, { long: 'help', description: 'print help with examples' }]
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent)
}

function firstSentence(text: string): string {
  return text.split(/[.;] /)[0] ?? text
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
