package dev.meridian.filters.ratelimit.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a script for one key. It ends once: with an answer, or with what kept it from having one. */
public abstract class ScriptCall {

    private final Script script;
    private final byte[] key;
    private final byte[][] arguments;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable Consumer<@Nullable Throwable> listener;
    private volatile @Nullable AsyncCommand<byte[], byte[], long[]> command;

    protected ScriptCall(Script script, byte[] key, byte[][] arguments) {
        this.script = script;
        this.key = key;
        this.arguments = arguments;
    }

    public byte[] key() {
        return key;
    }

    /** What the script has returned. Called in an event loop: must not block. */
    protected abstract void onReply(long[] reply);

    /** There is no answer: Redis has said something else, is not there, or takes too long. Must not block. */
    protected abstract void onFailure(Throwable cause);

    /** @param listener told of the end, with what went wrong if anything did, before anybody else is */
    void onEnd(Consumer<@Nullable Throwable> listener) {
        this.listener = listener;
    }

    AsyncCommand<byte[], byte[], long[]> command(ScriptRunner again) {
        return command(CommandType.EVALSHA, script.digest(), again);
    }

    private AsyncCommand<byte[], byte[], long[]> command(CommandType type, byte[] what, @Nullable ScriptRunner again) {
        CommandArgs<byte[], byte[]> args =
                new CommandArgs<>(ByteArrayCodec.INSTANCE).add(what).add(1).addKey(key);
        for (byte[] argument : arguments) {
            args.add(argument);
        }
        AsyncCommand<byte[], byte[], long[]> made = new AsyncCommand<>(new Command<>(type, new NumbersOutput(), args));
        made.whenComplete((reply, e) -> {
            if (e == null) {
                reply(reply);
            } else if (e instanceof RedisNoScriptException && again != null) {
                again.run(command(CommandType.EVAL, script.text(), null));
            } else {
                fail(e);
            }
        });
        command = made;
        return made;
    }

    private void reply(long[] reply) {
        if (ended.compareAndSet(false, true)) {
            end(null);
            onReply(reply);
        }
    }

    /** Ends the call unless it has ended. */
    void fail(Throwable cause) {
        if (ended.compareAndSet(false, true)) {
            end(cause);
            AsyncCommand<byte[], byte[], long[]> sent = command;
            if (sent != null && !sent.isDone()) {
                sent.cancel();
            }
            onFailure(cause);
        }
    }

    private void end(@Nullable Throwable cause) {
        Consumer<@Nullable Throwable> told = listener;
        if (told != null) {
            told.accept(cause);
        }
    }

    /** Sends a command after all. */
    @FunctionalInterface
    interface ScriptRunner {
        void run(AsyncCommand<byte[], byte[], long[]> command);
    }
}
