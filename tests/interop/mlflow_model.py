"""Reads a model folder and a data set of Assay with MLflow's own code, and prints what it found as one line of JSON."""

import json
import sys

from mlflow.entities import Dataset
from mlflow.models import Model
from mlflow.models.utils import _read_example
from mlflow.types.utils import _infer_schema

folder, dataset_json = sys.argv[1:3]
model = Model.load(folder)
example = _read_example(model, folder)
given = json.loads(dataset_json)
dataset = Dataset(given["name"], given["digest"], "code", given["source"], given["schema"], given["profile"])
try:
    from mlflow.data.dataset_source_registry import get_dataset_source_from_json

    source = get_dataset_source_from_json(dataset.source, source_type="code").to_dict()
except ImportError:
    source = None
# What MLflow infers of the example must be what the signature says of the inputs.
assert _infer_schema(example).to_dict() == model.signature.inputs.to_dict(), model.signature.inputs
print(
    json.dumps(
        {
            "flavors": sorted(model.flavors),
            "runId": model.run_id,
            "inputs": model.signature.inputs.input_names(),
            "outputs": model.signature.outputs.input_names(),
            "horizon": model.signature.params.to_dict()[0]["default"],
            "rows": len(example),
            "source": source,
        }
    )
)
