# The R side of scripts/bench-families.mjs: tasks asked for by a line on stdin, answered by a line of JSON.
#
#     apt-get install r-base-core r-cran-forecast r-cran-jsonlite
#
# Processor time of this process; the first run of a task is not counted.
suppressMessages({
  library(forecast)
  library(jsonlite)
})

data <- fromJSON(commandArgs(trailingOnly = TRUE)[1], simplifyVector = TRUE)
each <- function(name, work) {
  set <- data$sets[[name]]
  rows <- if (is.matrix(set$series)) lapply(seq_len(nrow(set$series)), function(i) set$series[i, ]) else set$series
  series <- lapply(rows, function(y) ts(y, frequency = set$season))
  function() for (y in series) work(y, set$horizon)
}
of <- function(fit, ...) function(y, h) forecast(fit(y, ...), h = h, level = 95)
arima_of <- function(order, seasonal = c(0, 0, 0), period = NA)
  function(y, h) forecast(Arima(y, order = order, seasonal = list(order = seasonal, period = period), method = "ML"), h = h, level = 95)

tasks <- list(
  "naive, weekly" = each("weekly", function(y, h) naive(y, h = h, level = 95)),
  "drift, weekly" = each("weekly", function(y, h) rwf(y, h = h, drift = TRUE, level = 95)),
  "seasonal naive, monthly" = each("monthly", function(y, h) snaive(y, h = h, level = 95)),
  "ses, weekly" = each("weekly", function(y, h) ses(y, h = h, level = 95)),
  "holt, weekly" = each("weekly", function(y, h) holt(y, h = h, level = 95)),
  "holt-winters, monthly" = each("monthly", function(y, h) hw(y, h = h, level = 95)),
  "ets AAdN, weekly" = each("weekly", of(ets, model = "AAN", damped = TRUE)),
  "ets AAA, monthly" = each("monthly", of(ets, model = "AAA", damped = FALSE)),
  "ets automatic, weekly" = each("weekly", of(ets)),
  "ets automatic, monthly" = each("monthly", of(ets)),
  "ets automatic, daily" = each("daily", of(ets)),
  "theta, weekly" = each("weekly", function(y, h) thetaf(y, h = h, level = 95)),
  "theta, monthly" = each("monthly", function(y, h) thetaf(y, h = h, level = 95)),
  "arima (1,1,1), daily" = each("daily", arima_of(c(1, 1, 1))),
  "arima (1,1,1), weekly" = each("weekly", arima_of(c(1, 1, 1))),
  "arima airline, monthly" = each("monthly", arima_of(c(0, 1, 1), c(0, 1, 1))),
  "arima (1,1,1)(1,1,1)7, weekly" = each("weekly", arima_of(c(1, 1, 1), c(1, 1, 1), 7)),
  "arima automatic, weekly" = each("weekly", of(auto.arima)),
  "arima automatic, monthly" = each("monthly", of(auto.arima)),
  "arima automatic, daily" = each("daily", of(auto.arima)),
  "mstl, monthly" = each("monthly", function(y, h) stlf(y, h = h, level = 95))
)

spent <- function() sum(proc.time()[1:2])
warm <- character(0)
timed <- function(name) {
  if (!(name %in% warm)) {
    tasks[[name]]()
    warm <<- c(warm, name)
  }
  count <- 0
  started <- spent()
  while (spent() - started < 0.1) {
    tasks[[name]]()
    count <- count + 1
  }
  1000 * (spent() - started) / count
}
answer <- function(value) {
  cat(toJSON(value, auto_unbox = TRUE, digits = I(10)), "\n", sep = "")
  flush(stdout())
}

answer(list(versions = list("R forecast" = as.character(packageVersion("forecast"))), tasks = list("R forecast" = names(tasks))))
input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  name <- fromJSON(line)$task
  answer(tryCatch(list(ms = timed(name)), error = function(e) list(reason = conditionMessage(e))))
}
