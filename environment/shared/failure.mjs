/** An expected failure: its message is one line that says what is wrong and what to do. */
export class Failure extends Error {
  name = "Failure";
}

/** Runs a command's main function; a {@link Failure} ends in its one line and exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    process.exitCode = 1;
  }
}
