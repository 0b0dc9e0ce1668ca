package dev.meridian.gateway;

import dev.meridian.gateway.command.Commands;
import dev.meridian.gateway.demo.DemoInitializer;
import dev.meridian.routes.archive.SafeStart;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplication.AbandonedRunException;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.logging.LoggingSystem;
import reactor.netty.ReactorNetty;

/** The gateway: {@code java -jar meridian.jar --help} says how to start it. */
@SpringBootApplication(proxyBeanMethods = false)
public class MeridianApplication {

    /**
     * What a config server is asked for, and how long: it may be asked before {@code application.yml} was read. Times in
     * milliseconds.
     */
    private static final Map<String, Object> KNOWN_BEFORE_FILES = Map.of(
            "spring.application.name", "meridian",
            "spring.cloud.config.request-connect-timeout", 2_000,
            "spring.cloud.config.request-read-timeout", 10_000);

    /**
     * Answers {@code --help} and {@code --version}, runs a command, else starts the gateway; exits with 1 when that
     * fails.
     */
    public static void main(String[] args) {
        Console console = Console.standard();
        String answer = CommandLine.answer(args);
        if (answer != null) {
            console.print(answer);
            return;
        }
        if (Commands.isCommand(args)) {
            // Nothing is logged: the answer is all that is printed.
            LoggingSystem.get(MeridianApplication.class.getClassLoader()).beforeInitialize();
            System.exit(new Commands(MeridianApplication.class, console::print).run(args));
        }
        useOneLoopPerCore();
        try {
            SafeStart.run(() -> application(console), args);
        } catch (AbandonedRunException e) {
            // Not a failure: ahead-of-time processing and tests run main() only up to here.
            throw e;
        } catch (RuntimeException | Error e) {
            // Boot has told why; its handler prints what could not be logged. Then exit, for any thread left over
            // would keep a process alive that serves nothing.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            System.exit(1);
        }
    }

    private static SpringApplication application(Console console) {
        SpringApplication application = new SpringApplication(MeridianApplication.class);
        application.setDefaultProperties(KNOWN_BEFORE_FILES);
        application.addInitializers(new DemoInitializer(console::print));
        return application;
    }

    /**
     * Reactor Netty starts at least four event loops; on fewer cores they only take turns on them, and a request then costs
     * more for nothing. A number that is set on the command line stands.
     */
    private static void useOneLoopPerCore() {
        if (System.getProperty(ReactorNetty.IO_WORKER_COUNT) == null) {
            System.setProperty(
                    ReactorNetty.IO_WORKER_COUNT,
                    Integer.toString(Runtime.getRuntime().availableProcessors()));
        }
    }
}
