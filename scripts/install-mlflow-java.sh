#!/usr/bin/env bash
# Fetches MLflow's client for Java beside the clone for the test that runs it against ours. Needs a JDK and Maven.
set -euo pipefail
# The newest that Maven Central has whole.
version=2.17.2
folder="${ASSAY_CACHE:-$HOME/.cache/assay}/mlflow-java"
[[ -f "$folder/mlflow-client-$version.jar" ]] && exit 0
for program in javac mvn; do
  command -v "$program" >/dev/null || { echo "There is no $program: MLflow's client for Java is not tried here." >&2; exit 1; }
done
echo "Fetching MLflow's client for Java $version into $folder" >&2
project="$(mktemp -d)"
trap 'rm -rf "$project"' EXIT
cat >"$project/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>assay</groupId>
  <artifactId>interop</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.mlflow</groupId><artifactId>mlflow-client</artifactId><version>$version</version></dependency>
  </dependencies>
</project>
POM
mvn --quiet --batch-mode -Dstyle.color=never --file "$project/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$project/jars"
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
mv "$project/jars" "$folder"
