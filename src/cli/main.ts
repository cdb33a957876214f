import { Command, CommanderError, Option } from 'commander';
import { PRINT_FORMATS } from '../flow/define/context.ts';
import { argumentsOfNc } from './as-nc.ts';
import type { CommandName, CommandOption } from './completion/complete.ts';
import type { ExplainFlags } from './explain-command.ts';
import { messagesAs } from './messages.ts';
import {
  collect,
  joinStats,
  type RunFlags,
  readAddress,
  readBadMax,
  readBatch,
  readCount,
  readDuration,
  readReplay,
  readSize,
  readStats,
} from './options.ts';
import { say, tell, tellLines } from './streams/door.ts';
import { leavePolitely } from './streams/leave.ts';

declare const LEAT_VERSION: string;

/** Commands that take a program as a run does: behind a host and a port, too. */
const WITH_PROGRAM = ['explain', 'service'];

/** Exit code of wrong usage, and of a wrong program. */
const USAGE = 2;

/** @param args what it is going to read. @param writeErr takes what the parser of options says of them. */
function createCommand(
  args: readonly string[],
  finish: (exit: number) => void,
  writeErr: (text: string) => void,
): Command {
  const leat = new Command('leat')
    .description('Streams in one line of text: sources, micro-batches, windows, state, sinks.')
    .usage(
      "[options] '<program>'\n       leat [options] HOST PORT ['<program>']\n       leat [options] -l PORT ['<program>']",
    )
    .argument('[program]', "stages joined by |, for instance 'words | countByValue | top(10)'")
    .helpCommand(false)
    .allowExcessArguments(true)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({ writeOut: say, writeErr })
    .hook('preSubcommand', () => leavePolitely())
    .action(async (text: string | undefined, flags: RunFlags, command: Command) => {
      const { runCommand } = await import('./run-command.ts');
      finish(await runCommand(text, flags, command.args.slice(1)));
    });
  addOptions(leat);
  addProgramCommands(leat, finish);
  addCheckpointCommand(leat, finish);
  addServiceCommand(leat, args, finish);
  addHelpCommands(leat, finish);
  for (const command of leat.commands)
    command.exitOverride().allowExcessArguments(WITH_PROGRAM.includes(command.name()));
  return leat;
}

/** What may be said of a run. */
function addOptions(leat: Command): void {
  leat
    .option('-f, --file <path>', 'read the program from a file; - for standard input')
    .option('-l, --listen <port>', 'listen(port) in front of the program, as nc -l')
    .addOption(
      new Option('-b, --batch <duration>', 'the batch interval, 10ms or more (default: 1s)').argParser(readBatch),
    )
    .option('--once', 'everything until all sources end is one batch')
    .addOption(new Option('--batches <n>', 'end after so many batches').argParser(readCount))
    .addOption(new Option('--for <duration>', 'end after so much time').argParser(readDuration))
    .addOption(
      new Option('--replay <speed>', 'recorded input at the pace of its times: 1x, 60x, max').argParser(readReplay),
    )
    .addOption(new Option('-o, --format <look>', 'how print looks').choices(PRINT_FORMATS))
    .option('--color', 'colour, also where output is no terminal')
    .option('--no-color', 'no colour')
    .option('--live', 'on a terminal, draw every printed result in place; groups, windows and states are so anyway')
    .option('--no-live', 'one result below the other')
    .option('--raw', 'on a terminal, texts as they are, control characters too')
    .option('--sparklines', "a line of each key's last values in live tables")
    // Its name up to 0.1.
    .addOption(new Option('--spark').hideHelp())
    .option('--save <file>', 'what charts show at the end, as .svg; results as an .html page')
    .addOption(
      new Option('--serve <port>', 'each output as a live page, JSON and events, at a port of this machine').argParser(
        readAddress,
      ),
    )
    .option('--status', 'the status line on standard error, also where output is a pipe')
    .option('--no-status', 'no status line')
    .addOption(
      new Option('--stats [when]', 'what went through each stage: at the end, every 10s, as json').argParser(readStats),
    )
    .option('--checkpoint <dir>', 'keep the run in a directory, and go on from there when it is started again')
    .addOption(
      new Option('--changed <how>', 'with --checkpoint: begin what is new in the program without a past').choices([
        'new',
      ]),
    )
    .option('--final', 'with --checkpoint: the end of the run closes everything, and nothing goes on from it')
    .option('-q, --quiet', 'no notes: results, failures and the count of what was bad')
    .option('--record <file>', 'keep what is read, with its times, for replay("file")')
    .option('--bad <file>', 'keep bad records in a file, one JSON object a line')
    .addOption(new Option('--bad-max <n|n%>', 'fail when more records are bad').argParser(readBadMax))
    .addOption(
      new Option('--state-max <size>', 'what one stage may keep between batches')
        .argParser(readSize)
        .default(2 ** 31, '2gb'),
    )
    .addOption(new Option('--workers <n>', 'threads that read files; one a core unless given').argParser(readCount))
    .addOption(new Option('--engine <engine>', 'who works on the input').choices(['local', 'spark']))
    .option('--master <url>', 'with --engine spark: the cluster, local[2] or spark://head:7077 (default: local[*])')
    .addOption(new Option('--conf <key=value>', 'with --engine spark: its configuration').argParser(collect))
    .option('--no-kernels', 'work on records only, never on bytes: the same answer, more slowly')
    .addOption(
      new Option('--import <file>', 'functions of a JavaScript module, as functions of the language').argParser(
        collect,
      ),
    )
    .addOption(
      new Option('--errors <form>', 'what leat itself says, as data: a JSON object a line').choices(['text', 'json']),
    )
    .version(LEAT_VERSION, '-V, --version');
}

/** What else can be done with programs. */
function addProgramCommands(leat: Command, finish: (exit: number) => void): void {
  leat
    .command('explain')
    .description('show the plan of a program, without reading anything')
    .argument('[program]')
    .option('--json', 'as data, with how records come together where many work on it')
    .action(async (text: string | undefined, _flags: object, command: Command) => {
      const { explainCommand } = await import('./explain-command.ts');
      finish(await explainCommand(text, command.optsWithGlobals<ExplainFlags>(), command.args.slice(1)));
    });
  leat
    .command('test')
    .description('run spec files: a pipeline, batches in, batches out')
    .argument('<files...>')
    .option('--update', 'write what came out into the files')
    .addOption(new Option('--seeds <n>', 'cut batches, delay and crash by chance, so many times').argParser(readCount))
    .addOption(new Option('--seed <n>', 'the same once, as that seed did it').argParser(readCount))
    .action(async (files: string[], _flags: object, command: Command) => {
      const { testCommand } = await import('./test-command.ts');
      finish(await testCommand(files, command.optsWithGlobals()));
    });
}

/** What can be looked at of runs that are kept. */
function addCheckpointCommand(leat: Command, finish: (exit: number) => void): void {
  leat
    .command('checkpoint')
    .description('show what a directory keeps of a run')
    .argument('<dir>')
    .option('--verify', 'read all of it, and name each file that is damaged')
    .action(async (directory: string, _flags: object, command: Command) => {
      const { checkpointCommand } = await import('./checkpoint-command.ts');
      finish(checkpointCommand(directory, command.optsWithGlobals()));
    });
}

function addServiceCommand(leat: Command, args: readonly string[], finish: (exit: number) => void): void {
  leat
    .command('service')
    .description('print a unit of systemd that runs a program with a checkpoint')
    .argument('[program]')
    .option('--name <name>', 'what the service is called')
    .option('--user <user>', 'the user that it runs as; one of its own unless given')
    .action(async (text: string | undefined, _flags: object, command: Command) => {
      const { serviceCommand } = await import('./service-command.ts');
      const surplus = command.args.slice(1);
      finish(await serviceCommand(text, command.optsWithGlobals(), surplus, { args: args.slice(2), command }));
    });
}

function addHelpCommands(leat: Command, finish: (exit: number) => void): void {
  leat
    .command('help')
    .description('help for any word of the language, or for a topic')
    .argument('[words...]')
    .option('--json', 'all words, functions, options and recipes as data')
    .action(async (words: string[], { json }: { json?: true }) => {
      if (json === true) {
        const { helpAsJson } = await import('./help-json.ts');
        const { optionsIn } = await import('./words/options-text.ts');
        return say(`${helpAsJson(optionsIn(leat.helpInformation()))}\n`);
      }
      const { helpCommand } = await import('./help-command.ts');
      const usage = {
        get text() {
          return leat.helpInformation();
        },
        names: [...leat.options.map(({ long }) => long ?? ''), ...leat.commands.map((command) => command.name())],
      };
      finish(helpCommand(words, usage, leat.opts()));
    });
  leat
    .command('man')
    .description('show the manual page')
    .addOption(new Option('--roff', 'as roff, as it is installed').hideHelp())
    .action(async ({ roff }: { roff?: true }) => {
      const { manualPage } = await import('./man.ts');
      const page = manualPage(optionsOf(leat), commandsOf(leat));
      if (roff === true) return say(page);
      const { manCommand } = await import('./man-command.ts');
      manCommand(page);
    });
  leat
    .command('completion')
    .description('print what bash, zsh or fish reads to complete leat')
    .argument('<shell>')
    .action(async (shell: string) => {
      const { completionCommand } = await import('./completion/completion-command.ts');
      finish(
        completionCommand(shell, (line) => {
          for (const told of messagesAs(leat.opts()).usage(line)) tell(told);
        }),
      );
    });
  // What runs on the machines of a cluster.
  leat.command('worker', { hidden: true }).action(async () => {
    const { workerCommand } = await import('./worker-command.ts');
    await workerCommand();
  });
  // What completion scripts ask.
  leat
    .command('complete', { hidden: true })
    .argument('<shell>')
    .argument('<line>')
    .argument('[whole]')
    .action(async (shell: string, line: string, whole: string | undefined) => {
      const { completeCommand } = await import('./completion/completion-command.ts');
      finish(completeCommand(shell, line, optionsOf(leat), commandsOf(leat), whole));
    });
}

function optionsOf(command: Command): CommandOption[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description, flags, required, optional, argChoices }) => ({
      long: long ?? flags,
      short,
      summary: description,
      value: required || optional ? /[<[]([^>\]]+)/.exec(flags)?.[1] : undefined,
      mayLack: optional,
      choices: argChoices ?? [],
    }));
}

function commandsOf(command: Command): CommandName[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((visible) => ({
      name: visible.name(),
      summary: visible.description(),
      options: optionsOf(visible).filter(({ long }) => long !== '--help'),
    }));
}

/** What the parser of options says, as the command line wants it. */
function writerOfErrors(args: readonly string[]): (text: string) => void {
  const isJson = args.some((arg, i) => arg === '--errors=json' || (arg === '--errors' && args[i + 1] === 'json'));
  if (!isJson) return tellLines;
  return (text) => {
    for (const line of messagesAs({ errors: 'json' }).usage(text.replace(/^error: /, '').trim())) tell(line);
  };
}

/**
 * Does what the command line says.
 *
 * @param args as in `process.argv`: Node and the command first.
 * @returns the exit code.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let exit = 0;
  try {
    const read = joinStats(argumentsOfNc(args));
    const finish = (code: number) => {
      exit = code;
    };
    await createCommand(read, finish, writerOfErrors(args)).parseAsync(read);
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed the message. Help and version are what was asked for, anything else is wrong usage.
    return error.exitCode === 0 ? 0 : USAGE;
  }
}
