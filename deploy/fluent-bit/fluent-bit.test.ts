import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLog } from '../../src/platform/log.ts';
import { labelsOf, readFluent, runThrough, type Plugin } from './testing-fluent.ts';

/** What Fluent Bit 5.1 knows, of what could be of use here; a key that it does not know stops it. */
const knownKeys: Record<string, string[]> = {
  service:
    'flush grace log_level storage.path storage.sync storage.max_chunks_up storage.backlog.mem_limit'.split(
      ' ',
    ),
  aParser: 'name format time_key time_format time_keep time_strict'.split(' '),
  multilineParser: 'name type flush_timeout rules'.split(' '),
  tail: [
    ...'name tag path multiline.parser read_from_head refresh_interval rotate_wait db'.split(' '),
    ...'db.sync db.locking buffer_chunk_size buffer_max_size skip_long_lines'.split(' '),
    ...'skip_empty_lines mem_buf_limit storage.type'.split(' '),
  ],
  multiline: [
    ...'name match mode flush_ms multiline.key_content multiline.parser'.split(' '),
    ...'emitter_storage.type emitter_mem_buf_limit'.split(' '),
  ],
  grep: 'name match regex exclude logical_op'.split(' '),
  nest: 'name match operation nested_under add_prefix remove_prefix'.split(' '),
  modify: 'name match set add remove rename hard_rename copy hard_copy condition'.split(' '),
  parser: 'name match key_name parser preserve_key reserve_data'.split(' '),
  loki: [
    ...'name match host port tls tls.verify tenant_id labels label_keys remove_keys'.split(' '),
    ...'structured_metadata line_format drop_single_key compress workers'.split(' '),
    ...'retry_limit storage.total_limit_size'.split(' '),
  ],
  es: [
    ...'name match host port tls tls.verify http_user http_passwd index path compress'.split(' '),
    ...'logstash_format logstash_prefix logstash_dateformat time_key time_key_nanos'.split(' '),
    ...'generate_id id_key write_operation replace_dots suppress_type_name workers'.split(' '),
    ...'retry_limit storage.total_limit_size'.split(' '),
  ],
};

const reading = readFluent('read.yaml');
const outputs = ['fluent-bit.yaml', 'elasticsearch.yaml'].map((file) => {
  const config = readFluent(file);
  return { file, config, output: config.pipeline.outputs?.[0] as Plugin };
});
const toLoki = outputs[0]?.output as Plugin;

function expectKnown(kind: string, values: object): void {
  for (const key of Object.keys(values))
    assert.ok(knownKeys[kind]?.includes(key), `${kind} ${key}`);
}

/** As Docker writes a line of a service of Compose whose logging asks for its labels. */
function docked(service: string, text: string): string {
  const attrs = { 'com.docker.compose.service': service, tag: `bazar-${service}-1` };
  return JSON.stringify({ log: text, stream: 'stdout', attrs, time: '2026-11-21T06:44:00.5Z' });
}

/** Lines as Bazar writes them. */
function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog({ level: 'trace', name: 'orders' }, { write: (line) => void lines.push(line) }));
  return lines.join('');
}

describe('the configuration of Fluent Bit', () => {
  test('has only keys that it knows', () => {
    const { service = {}, parsers = [], multiline_parsers: multiline = [], pipeline } = reading;
    const { inputs = [], filters = [] } = pipeline;
    expectKnown('service', service);
    for (const parser of parsers) expectKnown('aParser', parser);
    for (const parser of multiline) expectKnown('multilineParser', parser);
    for (const plugin of [...inputs, ...filters, ...outputs.map(({ output }) => output)]) {
      expectKnown(plugin.name, plugin);
    }
  });

  test('is one for reading, and one for each place that logs may go to', () => {
    for (const { config } of outputs) assert.deepEqual(config.includes, ['read.yaml']);
    assert.deepEqual(
      outputs.map(({ output }) => output.name),
      ['loki', 'es'],
    );
  });

  test('takes no more memory and disk than it says, whoever is away', () => {
    const [input] = reading.pipeline.inputs ?? [];
    assert.match(String(input?.['mem_buf_limit']), /^\d+M$/);
    assert.equal(input?.['storage.type'], 'filesystem');
    for (const { output } of outputs) {
      assert.match(String(output['storage.total_limit_size']), /^\d+M$/);
    }
  });

  test('uses parsers that it has, and first of all joins what belongs together', () => {
    const [first, ...others] = reading.pipeline.filters ?? [];
    assert.equal(first?.['multiline.parser'], reading.multiline_parsers?.[0]?.name);
    assert.equal(first?.name, 'multiline');
    assert.ok(others.every(({ name }) => name !== 'multiline'));
  });
});

describe('what Fluent Bit makes of logs', () => {
  test('a line of Bazar comes with its own time, its level and its ids', () => {
    const text = logged((log) => log.warn({ requestId: 'r', traceId: 'ab' }, 'a "quoted" word'));
    const [entry] = runThrough(reading, [docked('orders', text)]);
    assert.ok(entry);
    const { pid, time, ...values } = entry.values;
    assert.deepEqual(values, {
      ...{ service: 'orders', level: 'warn', requestId: 'r', traceId: 'ab' },
      ...{ msg: 'a "quoted" word', replica: 'bazar-orders-1' },
    });
    assert.equal(pid, process.pid);
    assert.equal(entry.time, Date.parse(String(time)));
  });

  test('labels are few, and never an id', () => {
    const text = logged((log) => log.info({ requestId: 'r', traceId: 'ab' }, 'a word'));
    const [entry] = runThrough(reading, [docked('orders', text)]);
    assert.ok(entry);
    assert.deepEqual(labelsOf(toLoki, entry), { service: 'orders', level: 'info' });
  });

  test('a line of NGINX is read too, whose time knows no milliseconds', () => {
    const line =
      '{"time":"2026-11-21T06:20:05+00:00","service":"nginx","level":"info","status":"200"}\n';
    const [entry] = runThrough(reading, [docked('nginx', line)]);
    assert.equal(entry?.time, Date.parse('2026-11-21T06:20:05Z'));
    assert.equal(entry?.values['status'], '200');
  });

  test('a statement of PostgreSQL over several lines is one, as it was written', () => {
    const lines = ['2026-11-21 ERROR:  deadlock\n', '\tselect 1\n', '\t  from orders\n', 'next\n'];
    const entries = runThrough(
      reading,
      lines.map((line) => docked('postgres', line)),
    );
    assert.deepEqual(
      entries.map(({ values }) => values['log']),
      [lines.slice(0, 3).join(''), 'next\n'],
    );
    const [entry] = entries;
    assert.ok(entry);
    assert.deepEqual(labelsOf(toLoki, entry), { service: 'postgres', level: 'unknown' });
  });

  test('a line that Docker has cut is whole again', () => {
    const text = logged((log) => log.info({ much: 'x'.repeat(20_000) }, 'long'));
    const pieces = [text.slice(0, 16_384), text.slice(16_384)];
    const entries = runThrough(
      reading,
      pieces.map((piece) => docked('orders', piece)),
    );
    assert.equal(entries.length, 1);
    assert.equal(entries[0]?.values['msg'], 'long');
  });

  test('other containers of the machine are left alone', () => {
    const other = JSON.stringify({
      log: 'private\n',
      stream: 'stdout',
      time: '2026-11-21T06:44:00Z',
    });
    assert.deepEqual(runThrough(reading, [other]), []);
  });
});
