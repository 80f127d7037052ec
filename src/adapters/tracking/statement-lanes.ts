export interface LanesOptions<Item, Answer> {
  /** Writes a group in one statement and answers each item in its place; a group that fails leaves nothing behind. */
  readonly write: (group: readonly Item[]) => Promise<readonly Answer[]>;
  /** Rows that an item brings. */
  readonly sizeOf: (item: Item) => number;
  /** Rows in one statement at most; a single item may be larger, for it is never divided. */
  readonly mostRows: number;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Statements under way at a time. */
const lanes = 2;

/**
 * Writes what many requests bring in few statements: what arrives while statements are under way waits for the next one,
 * which takes all of it, so that a commit to disk is shared. Each caller is answered once its own rows are durable.
 */
export function createLanes<Item, Answer>(options: LanesOptions<Item, Answer>): (item: Item) => Promise<Answer> {
  const queue: Waiting<Item, Answer>[] = [];
  let underWay = 0;
  const next = () => {
    while (underWay < lanes && queue.length > 0) {
      underWay += 1;
      void writeGroup(takeGroup(queue, options), options).finally(() => {
        underWay -= 1;
        next();
      });
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      next();
    });
}

function takeGroup<Item, Answer>(
  queue: Waiting<Item, Answer>[],
  { sizeOf, mostRows }: LanesOptions<Item, Answer>,
): Waiting<Item, Answer>[] {
  let rows = 0;
  let count = 0;
  for (const { item } of queue) {
    rows += sizeOf(item);
    if (count > 0 && rows > mostRows) break;
    count += 1;
  }
  return queue.splice(0, count);
}

async function writeGroup<Item, Answer>(
  group: readonly Waiting<Item, Answer>[],
  options: LanesOptions<Item, Answer>,
): Promise<void> {
  try {
    const answers = await options.write(group.map(({ item }) => item));
    // An answer for each item is what `write` promises, whatever the type of an answer.
    for (const [index, { resolve }] of group.entries()) resolve(answers[index] as Answer);
  } catch (error) {
    // Nothing of a failed statement is kept. Each is tried by itself: nobody pays for what another one sent.
    if (group.length === 1) group[0]?.reject(error);
    else for (const one of group) await writeGroup([one], options);
  }
}
