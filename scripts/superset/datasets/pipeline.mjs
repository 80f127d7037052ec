// What ran and what was checked. A pair of texts is [English, Russian]. Columns: name, type, title. Metrics:
// name, expression, title, format.
import { statusName } from './names.mjs';

export const pipeline = {
  runs: {
    database: 'postgresql',
    sql: 'select * from dm.pipeline_run',
    time: 'started_at',
    metal: false,
    title: ['Runs', 'Запуски'],
    computed: [statusName],
    columns: [
      ['run_id', 'TEXT', ['Run', 'Запуск']],
      ['flow', 'TEXT', ['Flow', 'Процесс']],
      ['trigger', 'TEXT', ['Asked for by', 'Кем вызван']],
      ['status', 'TEXT', ['Status, code', 'Состояние, код']],
      ['started_at', 'TIMESTAMPTZ', ['Started (UTC)', 'Начат (UTC)']],
      ['ended_at', 'TIMESTAMPTZ', ['Ended (UTC)', 'Окончен (UTC)']],
      ['seconds', 'FLOAT', ['Seconds', 'Секунд']],
      ['error', 'TEXT', ['Error', 'Ошибка']],
    ],
    metrics: [
      ['counted', 'COUNT(*)', ['Runs', 'Запусков'], ',d'],
      ['failures', "COUNT(*) FILTER (WHERE status = 'failed')", ['Failed runs', 'Сбоев'], ',d'],
      ['mean_seconds', 'AVG(seconds)', ['Mean duration, s', 'Средняя длительность, с'], ',.1f'],
    ],
  },
  steps: {
    database: 'postgresql',
    sql: 'select * from dm.pipeline_step',
    time: 'started_at',
    metal: false,
    title: ['Steps', 'Шаги'],
    computed: [statusName],
    columns: [
      ['run_id', 'TEXT', ['Run', 'Запуск']],
      ['flow', 'TEXT', ['Flow', 'Процесс']],
      ['step', 'TEXT', ['Step', 'Шаг']],
      ['attempt', 'INTEGER', ['Attempt', 'Попытка']],
      ['position', 'INTEGER', ['Position', 'Порядок']],
      ['status', 'TEXT', ['Status, code', 'Состояние, код']],
      ['started_at', 'TIMESTAMPTZ', ['Started (UTC)', 'Начат (UTC)']],
      ['ended_at', 'TIMESTAMPTZ', ['Ended (UTC)', 'Окончен (UTC)']],
      ['seconds', 'FLOAT', ['Seconds', 'Секунд']],
      ['rows_in', 'BIGINT', ['Rows in', 'Строк на входе']],
      ['rows_out', 'BIGINT', ['Rows out', 'Строк на выходе']],
      ['error', 'TEXT', ['Error', 'Ошибка']],
    ],
    metrics: [
      ['counted', 'COUNT(*)', ['Attempts', 'Попыток'], ',d'],
      ['failures', "COUNT(*) FILTER (WHERE status = 'failed')", ['Failed', 'Сбоев'], ',d'],
      ['mean_seconds', 'AVG(seconds)', ['Mean, s', 'Среднее, с'], ',.2f'],
      ['longest_seconds', 'MAX(seconds)', ['Longest, s', 'Наибольшее, с'], ',.2f'],
      ['all_rows_in', 'SUM(rows_in)', ['Rows in', 'Строк на входе'], ',d'],
      ['all_rows_out', 'SUM(rows_out)', ['Rows out', 'Строк на выходе'], ',d'],
    ],
  },
  checks: {
    database: 'postgresql',
    sql: 'select * from dm.data_check',
    time: null,
    metal: false,
    title: ['Checks of the data', 'Проверки данных'],
    computed: [],
    columns: [
      ['check_name', 'TEXT', ['Check', 'Проверка']],
      ['purpose', 'TEXT', ['What holds', 'Что должно выполняться']],
      ['offending_count', 'INTEGER', ['Offending rows', 'Нарушений']],
      ['checked_at', 'TIMESTAMPTZ', ['Checked (UTC)', 'Проверено (UTC)']],
    ],
    metrics: [
      ['counted', 'COUNT(*)', ['Checks', 'Проверок'], ',d'],
      ['violated', 'COUNT(*) FILTER (WHERE offending_count > 0)', ['Violated checks', 'Нарушенных проверок'], ',d'],
    ],
  },
};
