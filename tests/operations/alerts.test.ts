import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'

const file = fileURLToPath(new URL('../../.github/operations/alerts.yaml', import.meta.url))
const { groups } = parse(readFileSync(file, 'utf8'))
const alerts: string[] = groups.flatMap(({ rules }: { rules: { alert: string }[] }) =>
  rules.map(({ alert }) => alert),
)
const folder = mkdtempSync(join(tmpdir(), 'daily-papers-alerts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Of each alert, what a server would have to say, in the language of promtool: a value each minute. */
const trouble: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DailyPapersDown: { 'up{job="daily-papers"}': '0x400' },
  DailyPapersFeedNotRead: { daily_papers_feed_read_age_seconds: '40x400' },
  DailyPapersFeedSlow: buckets('feed_commit_to_socket_seconds', 'transport="sse"', '1', '2.5'),
  DailyPapersNotListening: { daily_papers_feed_listening: '0x400' },
  DailyPapersNewHistory: { daily_papers_feed_histories: '0x385 1x15' },
  DailyPapersSubscribersEnded: { 'daily_papers_feed_ended_total{reason="stalled"}': '0+120x400' },
  DailyPapersFull: { 'daily_papers_feed_refused_total{code="TOO_MANY_SUBSCRIPTIONS"}': '0+1x400' },
  DailyPapersOperationsFail: {
    'daily_papers_operation_duration_seconds_count{outcome="failed"}': '0+2x400',
    'daily_papers_operation_duration_seconds_count{outcome="ok"}': '0+100x400',
  },
  DailyPapersSlow: buckets('operation_duration_seconds', 'type="query"', '2.5', '5'),
  DailyPapersPoolExhausted: { 'daily_papers_pool_connections{state="waiting"}': '3x400' },
  DailyPapersSourceLate: { 'daily_papers_source_late{source="huggingface"}': '1x400' },
  DailyPapersEditionIncomplete: {
    'daily_papers_newest_edition_papers{state="expected"}': '30x400',
    'daily_papers_newest_edition_papers{state="seen"}': '28x400',
  },
  DailyPapersMailLate: { daily_papers_mail_due_age_seconds: '1000x400' },
  DailyPapersMailRefused: {
    'daily_papers_mails_total{outcome="retried"}': '0+5x400',
    'daily_papers_mails_total{outcome="sent"}': '0+1x400',
  },
  DailyPapersWebhooksLate: { daily_papers_webhook_due_age_seconds: '400x400' },
  DailyPapersWebhooksFail: { 'daily_papers_webhooks{state="failing"}': '1x400' },
  DailyPapersEventLoopSlow: { nodejs_eventloop_lag_p99_seconds: '0.6x400' },
}

/** A histogram of which all values are between two bounds. */
function buckets(name: string, labels: string, lower: string, upper: string) {
  const bucket = (le: string) => `daily_papers_${name}_bucket{${labels},le="${le}"}`
  return { [bucket(lower)]: '0x400', [bucket(upper)]: '0+10x400', [bucket('+Inf')]: '0+10x400' }
}

test('each alert has its trouble here', () => {
  expect(Object.keys(trouble)).toEqual(alerts)
})

const promtool = (...args: string[]) => spawnSync('promtool', args, { encoding: 'utf8' })
const isInstalled = promtool('--version').error === undefined

test.skipIf(!isInstalled)('Prometheus finds each trouble, and no other, with the alert for it', () => {
  const checked = promtool('check', 'rules', file)
  expect(checked.stdout).toContain(`SUCCESS: ${alerts.length} rules found`)
  const tests = Object.entries(trouble).map(([alert, series]) => ({
    name: alert,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: 'sum by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: '390m',
        exp_samples: [{ labels: `{alertname="${alert}"}`, value: 1 }],
      },
    ],
  }))
  const rules = join(folder, 'rules.yaml')
  writeFileSync(rules, stringify({ rule_files: [file], evaluation_interval: '5m', tests }))
  const { status, stdout, stderr } = promtool('test', 'rules', rules)
  expect(`${stdout}${stderr}`).toContain('SUCCESS')
  expect(status).toBe(0)
})
