import { type Command, Option } from 'commander'
import type { Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { positiveNumber } from '../input/whole-number.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { amountOf } from '../terminal/numbers.js'
import { tableLines } from '../terminal/table.js'

type Severity = Outputs['alerts']['list']['rows'][number]['severity']

interface Options {
  readonly severity?: Severity
  readonly most: number
}

/** `quotakeeper alerts …`: thresholds that were crossed. */
export function addAlerts(program: Command, runner: Runner): void {
  const alerts = program.command('alerts').description('thresholds that were crossed')
  alerts
    .command('list')
    .description('the newest first')
    .addOption(new Option('--severity <severity>', 'these alone').choices(['warning', 'critical', 'error']))
    .option('--most <number>', 'at most so many', positiveNumber, 50)
    .addHelpText('after', '\nExample:\n  quotakeeper alerts list --severity error')
    .action(action<[Options]>(runner, list))
}

async function list(session: Session, { severity, most }: Options): Promise<void> {
  const { client, terminal, wantsJson } = session
  const query = severity === undefined ? {} : { severity }
  const rows = await everyRow(page => client.alerts.list.query({ ...query, ...page }), most)
  if (wantsJson) return terminal.json(rows)
  if (rows.length === 0) return terminal.note('No alerts.')
  const time = session.clock()
  terminal.print(
    tableLines({
      columns: [
        { header: 'RAISED' },
        { header: 'SEVERITY' },
        { header: 'OF', mayShrink: true },
        { header: 'LIMIT', mayShrink: true },
        { header: 'AT', align: 'right' },
        { header: 'USED', align: 'right', dropFirst: 2 },
        { header: 'MAX', align: 'right', dropFirst: 1 },
      ],
      rows: rows.map(
        ({ raisedAt, severity: grade, subject, limitId, model, thresholdPercent, metric, used, max }) => [
          time.long(raisedAt),
          { text: grade, look: grade === 'warning' ? 'yellow' : 'red' },
          subject.kind === 'pool' ? `pool ${subject.name}` : subject.name,
          model === null ? limitId : `${limitId} for ${model}`,
          `${thresholdPercent} %`,
          amountOf(metric, used),
          amountOf(metric, max),
        ],
      ),
      width: terminal.width(),
      paint: terminal.paint,
    }),
  )
}
