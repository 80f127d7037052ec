import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mlflow.api.proto.ModelRegistry.ModelVersion;
import org.mlflow.api.proto.Service.*;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowClientVersion;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.RunsPage;

/**
 * The real MLflow client for Java against a tracking server, method by method.
 *
 * Usage: java MlflowJava URL [artifacts]. Prints "client VERSION", then for each method tried "ok NAME" or
 * "failed NAME: what went wrong". Files go through a Python program of MLflow's on the PATH, hence the second word.
 */
public class MlflowJava {
  private interface Check {
    void run() throws Exception;
  }

  private static final String unique = Long.toString(System.nanoTime(), 36);
  private static boolean hasFailed = false;

  public static void main(String[] words) throws Exception {
    System.out.println("client " + MlflowClientVersion.getClientVersion());
    try (MlflowClient client = new MlflowClient(words[0])) {
      String experimentId = client.createExperiment("java " + unique);
      String runId = client.createRun(experimentId).getRunId();
      experiments(client, experimentId);
      runs(client, experimentId, runId);
      searches(client, experimentId);
      if (Arrays.asList(words).contains("artifacts")) files(client, runId);
      registry(client, runId);
    }
    System.exit(hasFailed ? 1 : 0);
  }

  private static void experiments(MlflowClient client, String id) {
    check("getExperiment, getExperimentByName", () -> {
      same("java " + unique, client.getExperiment(id).getName());
      same(id, client.getExperimentByName("java " + unique).get().getExperimentId());
      same(false, client.getExperimentByName("none " + unique).isPresent());
    });
    check("createExperiment of a taken name", () -> refused(400, () -> client.createExperiment("java " + unique)));
    check("setExperimentTag, renameExperiment, deleteExperiment, restoreExperiment", () -> {
      String other = client.createExperiment("java other " + unique);
      client.setExperimentTag(other, "metal", "золото");
      client.renameExperiment(other, "java renamed " + unique);
      client.deleteExperiment(other);
      same("deleted", client.getExperiment(other).getLifecycleStage());
      client.restoreExperiment(other);
      Experiment restored = client.getExperiment(other);
      same("java renamed " + unique, restored.getName());
      same("золото", restored.getTags(0).getValue());
    });
    check("searchExperiments", () -> {
      String filter = "name LIKE '%" + unique + "'";
      List<String> order = Collections.singletonList("name ASC");
      same(1, client.searchExperiments(filter, ViewType.ACTIVE_ONLY, 1, order).getItems().size());
      same(2, client.searchExperiments(filter).getItems().size());
    });
  }

  private static void runs(MlflowClient client, String experimentId, String runId) {
    check("createRun, getRun", () -> {
      CreateRun.Builder asked = CreateRun.newBuilder().setExperimentId(experimentId).setStartTime(5).setRunName("named");
      RunInfo made = client.createRun(asked.build());
      same("named", client.getRun(made.getRunId()).getInfo().getRunName());
      same(RunStatus.RUNNING, made.getStatus());
      refused(404, () -> client.getRun("0".repeat(32)));
    });
    check("logParam, logMetric, setTag, deleteTag", () -> {
      client.logParam(runId, "alpha", "0.5");
      client.logParam(runId, "alpha", "0.5");
      refused(400, () -> client.logParam(runId, "alpha", "0.6"));
      client.logMetric(runId, "mae", 3.5, 10, 1);
      client.logMetric(runId, "mae", 2.5, 10, 2);
      client.logMetric(runId, "none", Double.NaN, 10, 0);
      client.setTag(runId, "note", "первый");
      client.setTag(runId, "gone", "x");
      client.deleteTag(runId, "gone");
      RunData data = client.getRun(runId).getData();
      same("0.5", data.getParams(0).getValue());
      same(2, data.getMetricsCount());
      same(true, data.getTagsList().stream().anyMatch((tag) -> tag.getValue().equals("первый")));
      same(false, data.getTagsList().stream().anyMatch((tag) -> tag.getKey().equals("gone")));
    });
    check("getMetricHistory", () -> {
      List<Metric> history = client.getMetricHistory(runId, "mae");
      same(2, history.size());
      same(3.5, history.get(0).getValue());
      same(2L, history.get(1).getStep());
    });
    check("logBatch", () -> {
      List<Metric> metrics = new ArrayList<>();
      for (int step = 0; step < 900; step++) {
        metrics.add(Metric.newBuilder().setKey("batch").setValue(step / 2.0).setTimestamp(5).setStep(step).build());
      }
      Param param = Param.newBuilder().setKey("p").setValue("q").build();
      RunTag tag = RunTag.newBuilder().setKey("t").setValue("u").build();
      client.logBatch(runId, metrics, Collections.singletonList(param), Collections.singletonList(tag));
      same(900, client.getMetricHistory(runId, "batch").size());
    });
    check("setTerminated, deleteRun, restoreRun", () -> {
      client.setTerminated(runId, RunStatus.FINISHED, 20);
      same(20L, client.getRun(runId).getInfo().getEndTime());
      client.deleteRun(runId);
      same("deleted", client.getRun(runId).getInfo().getLifecycleStage());
      client.restoreRun(runId);
      same("active", client.getRun(runId).getInfo().getLifecycleStage());
    });
  }

  private static void searches(MlflowClient client, String experimentId) {
    check("searchRuns, listRunInfos: filters, order, pages", () -> {
      for (int index = 0; index < 3; index++) {
        String id = client.createRun(experimentId).getRunId();
        client.logMetric(id, "score", index);
        client.setTag(id, "kind", "searched");
      }
      List<String> ids = Collections.singletonList(experimentId);
      same(2, client.searchRuns(ids, "tags.kind = 'searched' AND metrics.score > 0.5").size());
      List<String> order = Collections.singletonList("metrics.score DESC");
      RunsPage page = client.searchRuns(ids, "tags.kind = 'searched'", ViewType.ACTIVE_ONLY, 2, order);
      same(2.0, page.getItems().get(0).getData().getMetrics(0).getValue());
      same(true, page.hasNextPage());
      same(true, page.getNextPage().getItems().iterator().hasNext());
      same(5, client.listRunInfos(experimentId).size());
      refused(400, () -> client.searchRuns(ids, "metrics.score >"));
    });
  }

  private static void files(MlflowClient client, String runId) {
    // Each of these starts a Python program, which takes seconds.
    check("logArtifacts, listArtifacts, downloadArtifacts", () -> {
      File folder = Files.createTempDirectory("assay-java-").toFile();
      File file = new File(folder, "note.txt");
      Files.write(file.toPath(), "из Java".getBytes(StandardCharsets.UTF_8));
      client.logArtifacts(runId, folder, "all");
      same("all/note.txt", client.listArtifacts(runId, "all").get(0).getPath());
      File back = client.downloadArtifacts(runId, "all/note.txt");
      same("из Java", new String(Files.readAllBytes(back.toPath()), StandardCharsets.UTF_8));
    });
  }

  /** The client reads the registry; what it has no method for goes as JSON through its own connection. */
  private static void registry(MlflowClient client, String runId) {
    String model = "java-" + unique;
    check("sendPost, sendGet, sendPatch of the registry", () -> {
      client.sendPost("registered-models/create", json("name", model));
      String source = client.getRun(runId).getInfo().getArtifactUri() + "/model";
      for (int version = 1; version <= 2; version++) {
        client.sendPost("model-versions/create", json("name", model, "source", source, "run_id", runId));
      }
      client.sendPost("model-versions/transition-stage", json("name", model, "version", "1", "stage", "Production"));
      client.sendPatch("registered-models/update", json("name", model, "description", "of gold"));
      client.sendPost("registered-models/alias", json("name", model, "alias", "champion", "version", "2"));
      same(true, client.sendGet("registered-models/alias?name=" + model + "&alias=champion").contains("\"version\""));
    });
    check("getRegisteredModel, getModelVersion, getLatestVersions, getModelVersionDownloadUri", () -> {
      same("of gold", client.getRegisteredModel(model).getDescription());
      same(runId, client.getModelVersion(model, "2").getRunId());
      List<ModelVersion> serving = client.getLatestVersions(model, Collections.singletonList("Production"));
      same("1", serving.get(0).getVersion());
      same(2, client.getLatestVersions(model).size());
      same(true, client.getModelVersionDownloadUri(model, "1").endsWith("/model"));
      refused(404, () -> client.getModelVersion(model, "9"));
    });
    check("searchModelVersions", () -> {
      List<String> order = Collections.singletonList("version_number ASC");
      same("1", client.searchModelVersions("name = '" + model + "'", 1, order).getItems().get(0).getVersion());
      same(2, client.searchModelVersions("name = '" + model + "'").getItems().size());
    });
  }

  private static String json(String... pairs) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int index = 0; index < pairs.length; index += 2) fields.put(pairs[index], pairs[index + 1]);
    List<String> parts = new ArrayList<>();
    fields.forEach((key, value) -> parts.add("\"" + key + "\":\"" + value + "\""));
    return "{" + String.join(",", parts) + "}";
  }

  private static void check(String name, Check check) {
    try {
      check.run();
      System.out.println("ok " + name);
    } catch (Throwable failure) {
      hasFailed = true;
      System.out.println("failed " + name + ": " + failure);
    }
  }

  private static void same(Object expected, Object actual) {
    if (!expected.equals(actual)) throw new AssertionError(actual + " instead of " + expected);
  }

  private static void refused(int status, Check check) throws Exception {
    try {
      check.run();
    } catch (MlflowHttpException refusal) {
      same(status, refusal.getStatusCode());
      return;
    }
    throw new AssertionError("not refused with " + status);
  }
}
