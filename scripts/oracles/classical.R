# Reference numbers of R's forecast for tests/oracle, on the made panel of tests/oracle/made-panel.ts.
#
#     apt-get install r-base-core r-cran-forecast r-cran-jsonlite
#     Rscript scripts/oracles/classical.R > tests/oracle/classical-r.json
suppressMessages({
  library(forecast)
  library(jsonlite)
})

noise <- function(seed, count) {
  state <- seed
  sapply(seq_len(count), function(i) {
    sum <- 0
    for (k in 1:12) {
      state <<- (1664525 * state + 1013904223) %% 4294967296
      sum <- sum + (state + 0.5) / 4294967296
    }
    sum - 6
  })
}
regressed <- function(e) as.numeric(stats::filter(e, 0.7, method = "recursive"))
makers <- list(
  list("walk", 120, 1, function(e, t) 100 + cumsum(e)),
  list("short", 24, 1, function(e, t) 50 + 0.5 * cumsum(e)),
  list("trend", 100, 1, function(e, t) 200 + 0.8 * t + 3 * e),
  list("additive", 96, 12, function(e, t) 300 + 0.5 * t + 20 * sin(2 * pi * t / 12) + 4 * e),
  list("multiplied", 64, 4, function(e, t) (100 + t) * (1 + 0.2 * sin(2 * pi * t / 4 + 1)) + 2 * e),
  list("huge", 120, 1, function(e, t) 1e9 * (100 + cumsum(e))),
  list("tiny", 120, 1, function(e, t) 1e-6 * (20 + regressed(e))),
  list("negative", 120, 1, function(e, t) -50 + regressed(e)),
  list("gapped", 120, 1, function(e, t) (100 + cumsum(e))[t < 40 | t >= 55])
)

# The likelihood of ets() leaves out the constant, which is put back.
full <- function(loglik, n) loglik - 0.5 * n * (log(2 * pi) + 1 - log(n))
spread <- function(forecasts) as.numeric((forecasts$upper[, 1] - forecasts$lower[, 1]) / 2 / qnorm(0.975))

ets_of <- function(y, form) {
  damped <- substr(form, 3, 3) == "d"
  fit <- tryCatch(ets(y, model = sub("d", "", form), damped = damped), error = function(e) NULL)
  if (is.null(fit)) return(NULL)
  future <- forecast(fit, h = 8, level = 95)
  list(form = form, logLikelihood = full(fit$loglik, length(y)), sigma2 = fit$sigma2, forecast = as.numeric(future$mean),
       spread = spread(future))
}
arima_of <- function(y, order, seasonal) {
  fit <- tryCatch(Arima(y, order = order, seasonal = seasonal, method = "ML"), error = function(e) NULL)
  if (is.null(fit)) return(NULL)
  future <- forecast(fit, h = 8, level = 95)
  list(order = order, seasonal = seasonal, logLikelihood = fit$loglik, forecast = as.numeric(future$mean),
       spread = spread(future))
}

out <- lapply(0:53, function(i) {
  maker <- makers[[i %% 9 + 1]]
  e <- noise(101 + i, maker[[2]])
  values <- maker[[4]](e, seq_along(e) - 1)
  m <- maker[[3]]
  y <- ts(values, frequency = m)
  forms <- if (m > 1) c("ANN", "AAA", "MNM", "MAdM") else if (min(values) > 0) c("ANN", "AAN", "AAdN", "MNN", "MAN") else
    c("ANN", "AAN", "AAdN")
  orders <- if (m > 1) list(list(c(0, 1, 1), c(0, 1, 1)), list(c(1, 0, 0), c(1, 1, 0))) else
    list(list(c(1, 1, 1), c(0, 0, 0)), list(c(2, 1, 0), c(0, 0, 0)))
  automatic <- auto.arima(y, approximation = FALSE)
  parts <- if (m > 1) mstl(y) else NULL
  list(
    name = paste0(maker[[1]], i %/% 9 + 1), last = tail(values, 1),
    ets = Filter(Negate(is.null), lapply(forms, function(form) ets_of(y, form))),
    automaticEts = { fit <- ets(y); list(form = fit$method, aicc = fit$aicc - 2 * (full(fit$loglik, length(y)) - fit$loglik),
                                        forecast = as.numeric(forecast(fit, h = 8)$mean)) },
    arima = Filter(Negate(is.null), lapply(orders, function(o) arima_of(y, o[[1]], o[[2]]))),
    automaticArima = list(order = arimaorder(automatic), aicc = automatic$aicc,
                          forecast = as.numeric(forecast(automatic, h = 8)$mean)),
    theta = as.numeric(thetaf(y, h = 8)$mean),
    stl = if (is.null(parts)) NULL else list(trend = parts[c(1, 30, length(y)), "Trend"],
                                             seasonal = parts[c(1, 30, length(y)), 3])
  )
})
cat(toJSON(list(
  command = "Rscript scripts/oracles/classical.R > tests/oracle/classical-r.json",
  versions = list(R = as.character(getRversion()), forecast = as.character(packageVersion("forecast"))),
  series = out
), digits = I(10), auto_unbox = TRUE, null = "null"))
