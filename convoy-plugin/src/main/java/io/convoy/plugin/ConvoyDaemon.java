package io.convoy.plugin;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.Convoy;
import io.convoy.core.ConvoyConfig;
import io.convoy.core.Event;
import io.convoy.core.EventListener;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.plugin.http.HttpLimits;
import io.convoy.plugin.http.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.logging.LogRecord;

/** Convoy as a daemon: its REST API and Docker's plugin API at unix sockets. */
public final class ConvoyDaemon implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(ConvoyDaemon.class.getName());
  private static final Duration WORK_LIMIT = Duration.ofSeconds(30);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

  private final DaemonLog log;
  private final Convoy convoy;
  private final Jobs jobs;
  private final Router router;
  private final HttpServer server;
  private final EventHub events;
  private final Optional<MetricsServer> metrics;
  private final TrashTidying trashTidying;
  private final ServiceManager manager;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  private ConvoyDaemon(
      DaemonLog log,
      Convoy convoy,
      Jobs jobs,
      Router router,
      HttpServer server,
      EventHub events,
      Optional<MetricsServer> metrics,
      ServiceManager manager) {
    this.trashTidying = TrashTidying.start(convoy, TrashTidying.INTERVAL);
    this.log = log;
    this.convoy = convoy;
    this.jobs = jobs;
    this.router = router;
    this.server = server;
    this.events = events;
    this.metrics = metrics;
    this.manager = manager;
  }

  /**
   * Opens Convoy's state and listens. Once this returns the daemon answers, and has printed one
   * line that says so.
   *
   * @param out for that line, and for the log unless it goes to a file
   * @throws IllegalArgumentException if the configuration makes no sense
   * @throws io.convoy.core.InUseException if another process uses the root
   */
  public static ConvoyDaemon start(DaemonConfig config, PrintStream out) throws IOException {
    DaemonLog log = DaemonLog.open(config.observation(), out);
    try {
      return start(config, log, out);
    } catch (IOException | RuntimeException e) {
      log.close();
      throw e;
    }
  }

  private static ConvoyDaemon start(DaemonConfig config, DaemonLog log, PrintStream out)
      throws IOException {
    boolean isRoot = DefaultRoot.isRoot();
    Path root =
        config
            .root()
            .orElseGet(() -> DefaultRoot.SYSTEM.choose(isRoot, System.getenv()))
            .toAbsolutePath()
            .normalize();
    ConfigFile file = new ConfigFile(root, config.ignoreConfigFile());
    DaemonSettings settings = file.resolve(config);
    Counts counts = new Counts();
    EventHub events = new EventHub();
    EventListener listener =
        event -> {
          counts.happened(event);
          events.happened(event);
        };
    Convoy convoy =
        Convoy.open(
            new ConvoyConfig(
                root,
                settings.drivers(),
                config.driverOptions(),
                commands(settings),
                settings.backupOptions()),
            listener);
    Jobs jobs = new Jobs(Optional.of(new JobRecords(root.resolve("jobs"))));
    try {
      jobs.adopt(new LostWork(convoy)::outcome);
      file.write(settings);
      Router router = new Router();
      RestApi.addTo(router, convoy, jobs, settings, version());
      new DockerCalls(convoy, jobs, settings).addTo(router);
      RequestTimes requests = new RequestTimes(router::route);
      // Made when it is asked for: its library would take time of every start.
      Supplier<MetricsPage> page = () -> new MetricsPage(convoy, jobs, counts, requests, version());
      router
          .add("GET", "/metrics", request -> page.get().answer(request))
          .add("GET", "/events", new EventCalls(events)::follow);
      HttpServer server = new HttpServer(router, HttpLimits.DEFAULT, requests);
      try {
        List<Path> sockets = DaemonSockets.open(server, config.sockets(), isRoot);
        convoy.info().problems().forEach(problem -> LOGGER.log(WARNING, problem));
        log.tellWarnings(warning -> tell(listener, warning));
        Optional<MetricsServer> metrics =
            config
                .observation()
                .metricsAddress()
                .flatMap(address -> MetricsServer.open(address, page));
        ServiceManager manager = ServiceManager.of(System.getenv());
        manager.tell("READY=1");
        ready(log, out, config, root, settings, sockets);
        return new ConvoyDaemon(log, convoy, jobs, router, server, events, metrics, manager);
      } catch (IOException | RuntimeException e) {
        server.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      jobs.stop(Duration.ZERO);
      try {
        convoy.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** Tells what drivers and stores warn of; what requests fail with, who made them is told. */
  private static void tell(EventListener listener, LogRecord warning) {
    String logger = String.valueOf(warning.getLoggerName());
    if (logger.startsWith("io.convoy.") && !logger.startsWith("io.convoy.plugin")) {
      listener.happened(
          Event.of(warning.getInstant(), Event.Kind.WARNING)
              .withMessage(DaemonLog.oneLine(warning)));
    }
  }

  /** Returns the calls that this answers: the methods by path. */
  Map<String, Set<String>> routes() {
    return router.routes();
  }

  private static CommandRunner commands(DaemonSettings settings) {
    CommandRunner commands = new ProcessCommandRunner();
    return settings.commandTimeout().isEmpty()
        ? commands
        : new PatientCommands(commands, GoDuration.parse(settings.commandTimeout()));
  }

  private static String version() {
    return Optional.ofNullable(ConvoyDaemon.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  private static void ready(
      DaemonLog log,
      PrintStream out,
      DaemonConfig config,
      Path root,
      DaemonSettings settings,
      List<Path> sockets) {
    String line =
        "Convoy %s is ready: process %s, root %s, drivers %s, listening at %s"
            .formatted(version(), ProcessHandle.current().pid(), root, settings.drivers(), sockets);
    log.last(line);
    if (config.observation().log().isPresent()) {
      out.println(line);
      out.flush();
    }
  }

  /** Has the daemon closed when the process is told to end (SIGTERM, SIGINT); the status is 0. */
  public void closeAtExit() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (closing.get()) {
                    awaitQuietly();
                    return;
                  }
                  try {
                    close();
                    Runtime.getRuntime().halt(0);
                  } catch (IOException | RuntimeException e) {
                    log.last("Closing: " + ApiError.oneLine(e));
                    Runtime.getRuntime().halt(1);
                  }
                },
                "convoy-exit"));
  }

  private void awaitQuietly() {
    try {
      awaitClosed();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when the daemon is closed. */
  public void awaitClosed() throws InterruptedException {
    closed.await();
  }

  /**
   * Takes no more requests, cancels backups and restores, lets short requests finish and lets go of
   * the state. Volumes stay mounted.
   */
  @Override
  public void close() throws IOException {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    log.last("Stopping; mounted volumes stay mounted");
    manager.tell("STOPPING=1");
    try {
      server.stopListening();
    } catch (IOException e) {
      LOGGER.log(WARNING, "Sockets: {0}", ApiError.oneLine(e));
    }
    trashTidying.close();
    metrics.ifPresent(MetricsServer::close);
    try {
      jobs.stop(WORK_LIMIT);
      // After the work, whose end is an event, too.
      events.close();
      server.drain(REQUEST_LIMIT);
    } catch (IOException e) {
      LOGGER.log(ERROR, "Connections: {0}", ApiError.oneLine(e));
    }
    try {
      convoy.close();
    } finally {
      log.last("Stopped");
      log.close();
      closed.countDown();
    }
  }
}
